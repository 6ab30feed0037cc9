/* Actors, messages and reply cells as the runtime sees them. */
#ifndef HEW_ACTOR_H
#define HEW_ACTOR_H

#include <stdatomic.h>

#include "hew/mem.h"
#include "hew/platform.h"

typedef struct hew_extra hew_extra;

/* Run states. A token is the right to touch everything of an actor but its sender words.
 *   FREE       no actor here
 *   IDLE       nothing to do; mail or a signal makes it QUEUED
 *   SUSPENDED  waits inside a handler; a completion or a signal makes it QUEUED, mail does not
 *   QUEUED     in a run queue, which holds the token
 *   RUNNING    a worker holds the token
 *   NOTIFIED   RUNNING, and something happened since: it will be QUEUED again */
enum { HEW_RUN_FREE, HEW_RUN_IDLE, HEW_RUN_SUSPENDED, HEW_RUN_QUEUED, HEW_RUN_RUNNING, HEW_RUN_NOTIFIED };

/* Requests to an actor; set by anyone, read by the token's holder. */
enum {
    HEW_SIGNAL_STOP = 1,    /* end after the running handler; queued messages are dropped */
    HEW_SIGNAL_KILL = 2,    /* end at the next safepoint */
    HEW_SIGNAL_TICK = 4,    /* a periodic handler is due */
    HEW_SIGNAL_DOWN = 8,    /* a notification stands in `extra` */
    HEW_SIGNAL_CANCEL = 16, /* a task nobody waits for any more: end at the next safepoint */
    HEW_SIGNAL_CROWDED = 32, /* another actor waits for this worker */
    HEW_SIGNAL_WATCHED = 64,    /* somebody wants to know of the end; never cleared */
    HEW_SIGNAL_SUPERVISED = 128, /* stopping it is its supervisor's business; never cleared */
    HEW_SIGNAL_DRAIN = 256,      /* end when the mailbox is empty */
    HEW_SIGNAL_ONCE = 512,       /* lives for handler 0 only; never cleared */
    HEW_SIGNAL_AWAITED = 1024    /* somebody waits for room in this mailbox; changed under the slot lock */
};

/* How an actor ended. */
enum { HEW_END_NORMAL, HEW_END_STOPPED, HEW_END_CRASHED, HEW_END_KILLED };

/* Life of an actor, in its token holder's eyes. */
enum { HEW_PHASE_STARTING, HEW_PHASE_LIVE, HEW_PHASE_STOPPING, HEW_PHASE_ENDED };

/* System messages: numbers no handler has. */
enum {
    HEW_HANDLER_START_CHILD = 0xFFFFFF00u, /* payload: hew_child_start */
    HEW_HANDLER_STOP,                      /* end here, behind what was queued */
    HEW_HANDLER_CHILD_ENDED,               /* payload: hew_child_ended */
    HEW_HANDLER_PROBE,                     /* payload: hew_probe */
    HEW_HANDLER_FIRST_SYSTEM = HEW_HANDLER_START_CHILD
};

/* The table slot is the actor. Senders touch the second cache line only; everything else
 * belongs to the token, whose holder stays away from that line while it handles messages it has taken.
 * The state follows at HEW_STATE_OFFSET. Slots keep their place until exit, so
 * a late sender always finds a head word: HEW_CLOSED once the actor has ended. */
struct hew_actor {
    _Atomic(uintptr_t) stack_guard;
    hew_block_list heap;
    hew_worker *worker;
    hew_block *frame;
    hew_reply *reply;
    hew_message *inbox;
    uint16_t handler;
    bool is_held; /* told somebody whose mailbox was full; goes on when there is room */
    bool is_light; /* see sched.h; as measured in this turn */
    uint32_t inbox_count;

    _Atomic uint64_t head; /* see mailbox.c */
    _Atomic uint32_t pending; /* messages in the inbox, as senders know */
    _Atomic uint32_t generation;
    _Atomic uint32_t run_state;
    _Atomic uint32_t signals;
    hew_actor *run_next;
    _Atomic(hew_extra *) extra;
    uint32_t index;
    _Atomic uint32_t strong_handles;
    uint8_t phase;
    uint8_t turn; /* which arm of a `select` the next closed channel is looked for from */
    int16_t trap_code;
    int32_t status;
    const hew_actor_type *type; /* never written while the actor lives: senders read it */
};
_Static_assert(sizeof(hew_actor) == HEW_STATE_OFFSET, "the state follows the slot's header");
_Static_assert(offsetof(hew_actor, stack_guard) == HEW_ACTOR_STACK_GUARD, "generated code compares this word");

/* The head word of a mailbox: the newest message's address in units of 16 bytes, above it how many messages
 * hang on it; that number stops at HEW_MOST_COUNTED. */
#define HEW_CLOSED ((uint64_t)1)
enum { HEW_COUNT_SHIFT = 44, HEW_MOST_COUNTED = (1 << 20) - 1 };
static inline uint32_t hew__head_count(uint64_t head) { return (uint32_t)(head >> HEW_COUNT_SHIFT); }
static inline hew_message *hew__head_message(uint64_t head) {
    return (hew_message *)(uintptr_t)((head & (((uint64_t)1 << HEW_COUNT_SHIFT) - 1)) << 4);
}

static inline void *hew__state(hew_actor *actor) { return (char *)actor + HEW_STATE_OFFSET; }
static inline void *hew__payload(hew_message *message) { return (char *)message + HEW_MESSAGE_SIZE; }
static inline uint64_t hew__pid(const hew_actor *actor) {
    uint32_t generation = atomic_load_explicit(&((hew_actor *)(uintptr_t)actor)->generation, memory_order_relaxed);
    return (uint64_t)generation << 32 | actor->index;
}

/* Slots. */
enum { HEW_SLOT_CLASSES = 24 };
bool hew__slots_start(void);
void hew__slots_finish(void);
/* Of all chunks. */
int64_t hew__slots_bytes(void);
/* A slot with a fresh generation, RUNNING for its creator; null without memory. */
hew_actor *hew__slot_take(hew_worker *worker, const hew_actor_type *type);
void hew__slot_return(hew_worker *worker, hew_actor *actor);
/* The slot a pid names, whatever lives there now; null for a number that never was one. */
hew_actor *hew__slot_of(uint64_t pid);
static inline bool hew__is_current(hew_actor *actor, uint64_t pid) {
    /* acquire: pairs with the release in slot_return */
    return actor && atomic_load_explicit(&actor->generation, memory_order_acquire) == (uint32_t)(pid >> 32);
}
/* Calls `visit` for every slot that holds an actor, newest index first. */
void hew__slots_each(void (*visit)(hew_actor *actor, void *context), void *context);
/* Protects `extra` and what hangs on it. */
hew_lock *hew__slot_lock(const hew_actor *actor);

/* Messages. */
hew_message *hew__message_alloc(hew_worker *worker, uint32_t handler, size_t payload_size);
/* Drops a message that belongs to no actor's heap: fails its ask, closes and sweeps its values. */
void hew__message_drop(hew_actor *self, hew_message *message, int32_t ask_status);
/* Pushes; false, and the message is still the caller's, when the actor has ended. */
bool hew__mailbox_push(hew_worker *worker, hew_actor *target, hew_message *message);
/* The next message in order of arrival, or null. */
hew_message *hew__mailbox_pop(hew_actor *self);
bool hew__mailbox_is_empty(hew_actor *self);
/* Whether the receiver decides what stays, by `drop_old` or `coalesce`. */
static inline bool hew__mailbox_trims(const hew_actor *self) {
    const hew_mailbox_spec *spec = self->type->mailbox;
    return spec && (spec->policy == HEW_MAILBOX_DROP_OLD || spec->policy == HEW_MAILBOX_COALESCE);
}
/* Does that to the `inbox_count` messages just taken, oldest first; gives what remains, and counts it. */
hew_message *hew__mailbox_trim(hew_actor *self, hew_message *oldest);
/* Refuses further messages and drops the waiting ones. */
void hew__mailbox_close(hew_actor *self);
/* At most what can be counted. */
static inline uint32_t hew__mailbox_capacity(const hew_actor *actor) {
    const hew_mailbox_spec *spec = actor->type->mailbox;
    if (!spec) return HEW_DEFAULT_CAPACITY;
    return spec->capacity < HEW_MOST_COUNTED ? spec->capacity : HEW_MOST_COUNTED - 1;
}
/* How many messages wait. While the actor takes them this may miss those just taken, and `pending` falls in lumps. */
static inline uint32_t hew__mailbox_depth(const hew_actor *actor) {
    hew_actor *at = (hew_actor *)(uintptr_t)actor;
    /* seq_cst: see wait.c; in this order, so that nothing is counted twice */
    uint32_t pending = atomic_load_explicit(&at->pending, memory_order_seq_cst);
    return pending + hew__head_count(atomic_load_explicit(&at->head, memory_order_seq_cst));
}

/* One-shot cell between an asker and a replier; its block is in the asker's heap until
 * the asker drops it. `state` bits:
 *   WAITING       the asker polled and will be woken
 *   ASKER_GONE    the asker dropped its handle
 *   REPLIER_GONE  the replier is through; VALUE says whether it left a value
 * Each side sets its GONE bit once, as its last touch; whoever comes second frees. */
struct hew_reply {
    hew_block block;
    _Atomic uint32_t state;
    int32_t error;
    hew_block_list blocks;
    hew_actor *asker;
    uint64_t task; /* whose limit in time cancels it; 0 for an ask */
    hew_block *timer;
    int32_t decided;
    int32_t is_taken;
    char value[];
};
enum { HEW_CELL_WAITING = 1, HEW_CELL_ASKER_GONE = 2, HEW_CELL_REPLIER_GONE = 4, HEW_CELL_VALUE = 8 };

hew_reply *hew__reply_new(hew_actor *asker, size_t reply_size);
/* The replier's last touch; `error` is the AskStatus when there is no value. */
void hew__reply_finish(hew_actor *self, hew_reply *cell, bool has_value, int32_t error);
/* The same without a value, by a worker alone; any unsent value was cleared. */
void hew__reply_fail(hew_worker *worker, hew_reply *cell, int32_t error);
/* Closes and sweeps a value that nobody takes. */
void hew__reply_clear(hew_actor *self, hew_reply *cell);
void hew__reply_close(hew_actor *self, hew_block *block);

/* Ends of life. */
typedef struct hew_birth {
    const hew_actor_type *type;
    hew_message *first;      /* consumed, also on failure */
    uint64_t parent;         /* supervisor told of the end, or 0 */
    uint32_t child;          /* which of its children */
    uint32_t restarts;       /* how often that one was started before */
    uint32_t signals;        /* set from birth */
    struct hew_scope *scope; /* of a task: told of the end */
} hew_birth;
/* A new actor whose token the caller holds; null without memory. `self` is null on the main thread. */
hew_actor *hew__actor_prepare(hew_actor *self, const hew_birth *birth);
/* Lets a prepared actor run. */
void hew__actor_release(hew_actor *self, hew_actor *actor);
/* Both; the pid, 0 without memory. */
uint64_t hew__actor_create(hew_actor *self, const hew_birth *birth);
void hew__actor_signal(hew_worker *worker, hew_actor *actor, uint32_t signal);
/* The same by name; false when that actor has ended. */
bool hew__pid_signal(hew_worker *worker, uint64_t pid, uint32_t signal);
/* The one teardown of an actor, by the token's holder: hooks, heap, mailbox, notices, slot. */
void hew__actor_end(hew_actor *actor, int how);

/* Runs `body` so that a trap in it comes back here; its trap code, or 0. */
int hew__protect(hew_actor *self, void (*body)(hew_actor *self, void *context), void *context);
/* Says on stderr which actor crashed and why; counts the fault. */
void hew__report_crash(hew_actor *self);

/* One sender that waits for room; listed under the target's slot lock. */
typedef struct hew_waiter {
    struct hew_waiter *next;
    struct hew_waiter *before;
    hew_actor *actor;
    hew_actor *target; /* the sender's own memory of where it is listed */
    _Atomic bool is_listed; /* changed under the target's slot lock */
} hew_waiter;

/* Those that wait for one mailbox, oldest first; under its actor's slot lock. */
typedef struct hew_waiters {
    hew_waiter *first;
    hew_waiter *last;
} hew_waiters;

/* Rarely needed parts of an actor, made on demand; the token's. */
struct hew_extra {
    uint64_t parent;
    uint32_t child;
    uint32_t has_failed; /* a supervisor that gave up: its end counts as a crash */
    hew_message *end_notice; /* allocated at birth, so that ending needs no memory */
    struct hew_periodic_timer *periodics;
    hew_waiter waiting;
    hew_waiters waiters; /* others, for this actor */
    uint32_t restarts; /* how often its supervisor has started it again */
    uint32_t deferred; /* of a task: what it has deferred and still owes */
    uint64_t heap_counted; /* of an actor with a limit: bytes at the last count, and allocated since */
    uint64_t heap_since;
    hew_thread *stalled; /* holds the activation that was handed over */
    hew_thread *foreign; /* is in foreign code with this actor */
    struct hew_scope *scope;    /* of a task */
    struct hew_emitted *emitted; /* owned */
    uint32_t partition_policy;   /* what the program asked for; nothing can part yet */
    struct hew_watch *links;    /* owned */
    struct hew_watch *notices;  /* fired, oldest first; under the watch lock */
    struct hew_watch **notices_end;
};
/* The extra part, made when missing; null without memory. */
hew_extra *hew__extra(hew_worker *worker, hew_actor *actor);

#endif
