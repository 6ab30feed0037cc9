/* A barrier for foreign callers: waits until a supervisor has restarted children so many times.
 *
 * It blocks its thread, so callers bracket it as foreign code. The number of restarts so far, or 0 when time is up. */
#include <time.h>

#include "hew/sched.h"
#include "hew/sup.h"

int64_t hew_supervisor_wait_restart(uint64_t supervisor, int64_t target, int64_t milliseconds);

static int64_t restarts_of(uint64_t supervisor) {
    hew_actor *owner = hew__slot_of(supervisor);
    int64_t count = 0;
    if (!owner) return 0;
    hew__lock(hew__slot_lock(owner));
    bool is_there = hew__is_current(owner, supervisor) && owner->type->flags & HEW_ACTOR_IS_NATIVE;
    if (is_there) count = atomic_load_explicit(&hew__supervisor_of(owner)->restarts_done, memory_order_relaxed);
    hew__unlock(hew__slot_lock(owner));
    return count;
}

int64_t hew_supervisor_wait_restart(uint64_t supervisor, int64_t target, int64_t milliseconds) {
    int64_t end = hew__clock() + milliseconds * 1000000;
    for (;;) {
        int64_t count = restarts_of(supervisor);
        if (count >= target) return count;
        if (hew__clock() >= end) return 0;
        struct timespec pause = {.tv_nsec = 200000};
        nanosleep(&pause, NULL);
    }
}
