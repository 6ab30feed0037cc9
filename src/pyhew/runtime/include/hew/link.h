/* What hangs on an actor beside its state: periodic handlers, waiting senders, watches, parent. */
#ifndef HEW_LINK_H
#define HEW_LINK_H

#include "hew/actor.h"

/* `hew_actor_type.flags`. NATIVE: implemented in C. RUNS_ONCE: ends after handler 0. */
enum { HEW_ACTOR_IS_NATIVE = 1, HEW_ACTOR_RUNS_ONCE = 2 };

/* Payload of the notice to a supervisor. `action` is what `on_crash` answered, or -1. */
typedef struct hew_child_ended {
    uint64_t pid;
    uint32_t child;
    int32_t how;
    int32_t action;
} hew_child_ended;

/* A supervised child's first activation. */
hew_block *hew__child_start(hew_actor *self, hew_message *message);

bool hew__periodics_start(hew_worker *worker, hew_actor *actor);
void hew__periodics_stop(hew_worker *worker, hew_actor *actor);
/* A periodic handler that is due, its number in `handler`. */
bool hew__periodic_take(hew_actor *actor, uint32_t *handler);

/* Senders that wait for room. False when there is room after all, or no memory to wait in. */
bool hew__waiter_add(hew_actor *self, hew_actor *target);
void hew__waiter_remove(hew_actor *self);
/* Wakes them all. */
void hew__waiters_wake(hew_worker *worker, hew_actor *target);
/* Wakes them when the mailbox is half empty. */
void hew__waiters_wake_at_half(hew_worker *worker, hew_actor *target);

/* Links and monitors. */
void hew__watches_end(hew_worker *worker, hew_actor *actor, int how);
/* Handles one arrived notification; false when there is none. */
bool hew__notices_take(hew_actor *self);

/* Check mode: complains when an actor that ended normally left blocks behind. */
void hew__check_heap_is_empty(hew_actor *actor);

#endif
