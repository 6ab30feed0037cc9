/* What hangs on an actor beside its state: periodic handlers, waiting senders, watches, parent. */
#ifndef HEW_LINK_H
#define HEW_LINK_H

#include "hew/actor.h"

/* Payload of the notice to a supervisor. `action` is what `on_crash` answered, or -1. */
typedef struct hew_child_ended {
    uint64_t pid;
    uint32_t child;
    int32_t how;
    int32_t action;
} hew_child_ended;

/* CrashAction as `on_crash` answers it; NONE when there is no hook, FAILED when it trapped. */
enum { HEW_CRASH_ACTION_FAILED = -2, HEW_CRASH_ACTION_NONE, HEW_CRASH_ACTION_RESTART, HEW_CRASH_ACTION_ESCALATE, HEW_CRASH_ACTION_KILL };

/* Payload of a question that a child answers with its pid; when the child ends instead,
 * the message goes on to the supervisor, which answers with the successor's. */
typedef struct hew_probe {
    uint64_t supervisor;
    uint64_t child;
    uint32_t index;
    uint32_t is_forwarded;
} hew_probe;

/* What the scheduler runs of supervisors; handed to it when a run starts. */
typedef struct hew_supervision {
    hew_block *(*start_child)(hew_actor *self, hew_message *message); /* a supervised child's first activation */
    int (*step)(hew_actor *self);                                     /* of a supervisor; HEW_TURN_* */
} hew_supervision;
extern const hew_supervision hew__supervision;
enum { HEW_TURN_WAITS, HEW_TURN_GOES_ON, HEW_TURN_ENDS, HEW_TURN_HELD };
/* Hands a dropped probe on; false when there is no supervisor any more. */
bool hew__probe_forward(hew_worker *worker, hew_message *message);
void hew__probe_answer(hew_actor *self, hew_message *message, uint64_t pid);

/* Whether this is a task that may end at any safepoint: nothing that it deferred has still to run. */
bool hew__task_owes_nothing(const hew_actor *self);
/* A task has trapped: its scope remembers why. Then, always: it has ended. */
void hew__task_trapped(hew_worker *worker, struct hew_scope *scope);
void hew__task_ended(hew_worker *worker, struct hew_scope *scope, hew_actor *task, int how);

bool hew__periodics_start(hew_worker *worker, hew_actor *actor);
void hew__periodics_stop(hew_worker *worker, hew_actor *actor);
/* A periodic handler that is due, its number in `handler`. */
bool hew__periodic_take(hew_actor *actor, uint32_t *handler);

/* Senders that wait for room. False when there is room after all, or no memory to wait in. */
bool hew__waiter_add(hew_actor *self, uint64_t target);
void hew__waiter_remove(hew_actor *self);
/* Whether this actor, which was HELD, still is. */
bool hew__waiter_is_held(hew_actor *self);
/* How many wait, for any mailbox. */
uint32_t hew__waiters_count(void);
/* Wakes them all. */
void hew__waiters_wake(hew_worker *worker, hew_actor *target);
/* Wakes them when the mailbox is half empty. */
void hew__waiters_wake_at_half(hew_worker *worker, hew_actor *target);

/* What machines emitted. */
void hew__emitted_free(hew_worker *worker, hew_extra *extra);

/* Links and monitors. */
void hew__watches_fire(hew_worker *worker, hew_actor *actor, int how);
void hew__links_free(hew_worker *worker, hew_extra *extra);
void hew__links_start(void);
void hew__links_finish(void);
/* Handles one arrived notification; false when there is none. */
bool hew__notices_take(hew_actor *self);

#endif
