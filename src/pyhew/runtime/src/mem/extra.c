/* The part of an actor that few actors need, made when something first does. */
#include <string.h>

#include "hew/sched.h"

hew_extra *hew__extra(hew_worker *worker, hew_actor *actor) {
    hew_extra *extra = atomic_load_explicit(&actor->extra, memory_order_acquire);
    if (extra) return extra;
    hew__lock(&hew__rt.extra_lock); /* a sender that waits for room makes this part of the mailbox's owner */
    extra = atomic_load_explicit(&actor->extra, memory_order_relaxed);
    if (!extra && (extra = hew__alloc(worker, sizeof *extra))) {
        memset(extra, 0, sizeof *extra);
        /* release: publishes the zeroed struct to whoever finds it */
        atomic_store_explicit(&actor->extra, extra, memory_order_release);
    }
    hew__unlock(&hew__rt.extra_lock);
    return extra;
}
