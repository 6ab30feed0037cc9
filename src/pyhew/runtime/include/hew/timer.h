/* Timers: nodes in one heap ordered by deadline, fired by the thread that runs hew_main. */
#ifndef HEW_TIMER_H
#define HEW_TIMER_H

#include "hew/actor.h"

/* A node belongs to whoever embeds it and must be cancelled before its memory goes.
 * `place` is its position in the heap plus 1, 0 when it is not there; under the timers' lock. */
typedef struct hew_timer_node {
    int64_t deadline;
    hew_actor *actor;
    uint32_t place;
    uint32_t signal; /* 0: wake the actor; else that HEW_SIGNAL_* */
    _Atomic uint32_t has_fired;
    uint32_t is_passive; /* does not keep the drain waiting */
    int64_t period;      /* 0: once */
} hew_timer_node;

bool hew__timers_start(void);
void hew__timers_finish(void);
bool hew__timer_add(hew_timer_node *node);
void hew__timer_cancel(hew_timer_node *node);
/* Fires what is due; nanoseconds to the next deadline, or -1. */
int64_t hew__timers_run(void);
/* Whether any timer is to fire. */
bool hew__timers_pending(void);
/* Timers that a draining program has to wait for. */
uint32_t hew__timers_active(void);
void hew__timers_cancel_periodic(void);
void hew__timer_block_close(hew_actor *self, hew_block *block);

#endif
