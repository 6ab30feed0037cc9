/* Periodic handlers: timers in the actor's extra part, told by a signal, so a tick needs no memory. */
#include <string.h>

#include "hew/link.h"
#include "hew/sched.h"
#include "hew/seeded.h"
#include "hew/timer.h"

typedef struct hew_periodic_timer {
    hew_timer_node node;
    uint32_t handler;
} periodic_timer;

bool hew__periodics_start(hew_worker *worker, hew_actor *actor) {
    uint32_t count = actor->type->periodic_count;
    if (count == 0) return true;
    hew_extra *extra = atomic_load_explicit(&actor->extra, memory_order_acquire);
    periodic_timer *timers = hew__alloc(worker, count * sizeof *timers);
    if (!timers) return false;
    memset(timers, 0, count * sizeof *timers);
    extra->periodics = timers;
    int64_t now = hew__now();
    for (uint32_t i = 0; i < count; i++) {
        const hew_periodic *periodic = &actor->type->periodics[i];
        timers[i].handler = periodic->handler;
        timers[i].node = (hew_timer_node){.deadline = now + periodic->nanoseconds, .actor = actor, .signal = HEW_SIGNAL_TICK,
                                          .is_passive = 1, .period = periodic->nanoseconds};
        if (!hew__timer_add(&timers[i].node)) {
            hew__periodics_stop(worker, actor);
            return false;
        }
    }
    return true;
}

void hew__periodics_stop(hew_worker *worker, hew_actor *actor) {
    hew_extra *extra = atomic_load_explicit(&actor->extra, memory_order_acquire);
    if (!extra->periodics) return;
    for (uint32_t i = 0; i < actor->type->periodic_count; i++) hew__timer_cancel(&extra->periodics[i].node);
    hew__free(worker, extra->periodics);
    extra->periodics = NULL;
}

bool hew__periodic_take(hew_actor *actor, uint32_t *handler) {
    hew_extra *extra = atomic_load_explicit(&actor->extra, memory_order_acquire);
    if (!extra || !extra->periodics) return false;
    for (uint32_t i = 0; i < actor->type->periodic_count; i++) {
        /* acquire: pairs with the timer's release */
        if (atomic_exchange_explicit(&extra->periodics[i].node.has_fired, 0, memory_order_acquire)) {
            *handler = extra->periodics[i].handler;
            return true;
        }
    }
    return false;
}
