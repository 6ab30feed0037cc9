/* The scheduler: workers, run queues, parking, start and end of a run.
 *
 * Invariants of the whole runtime:
 *  1. every allocation has exactly one owner from birth;
 *  2. one teardown function per kind of object: stop, crash, kill and shutdown all call it;
 *  3. only the holder of an actor's run token touches or reclaims it;
 *  4. a state change that decides who ends something is claimed by an atomic operation before any effect;
 *  5. actors are named by (index, generation), never kept as pointers across a wait, except
 *     where waking a slot's next tenant by mistake is harmless;
 *  6. reply cells, messages and timers are linear: dropping one performs its protocol step;
 *  7. no detached threads; every thread is joined before the last sweep;
 *  8. nothing waits for an answer after the workers are joined;
 *  9. no timeout ends in a leak: the process reports and ends instead;
 * 10. `exit` anywhere is a request plus a trap of the caller;
 * 11. no iteration order depends on addresses. */
#ifndef HEW_SCHED_H
#define HEW_SCHED_H

#include <setjmp.h>

#include "hew/actor.h"

/* An actor whose messages, sent or handled, take less than this each is light: a message that crosses between workers
 * costs more than twice as much, so light actors that talk are faster together on one worker than on two. */
enum { HEW_LIGHT_NANOSECONDS = 128 };

/* Twice as many messages are sent by one turn before those that wait get theirs: what a loop tells and spawns is then still
 * near when it is handled, and there is never much of it. The second half shows how long each takes. Where nobody waits,
 * it looks again after half as many. */
enum { HEW_HALF_OF_SENDS = 64 };

/* Length of a worker's ring; a power of two. Overflow goes to the shared queue. */
enum { HEW_RING = 256 };

/* A thread has a stack and what belongs to the activations on it; it runs actors while it has a
 * worker. A thread whose activation was handed over keeps the activation and waits for another worker. */
struct hew_thread {
    hew_worker *worker; /* given before `wake` is set; null while it waits for one */
    _Atomic uint32_t foreign; /* HEW_FOREIGN_* */
    jmp_buf *jump;
    hew_actor *actor; /* whose code runs: nobody else can tell a function that C calls */
    hew_block_list dying; /* blocks at count 0 that are being taken apart */
    uintptr_t stack_limit;
    uintptr_t stack_top;
    int32_t trap_code;
    hew_block *trap_message; /* of a panic; swept with the actor's heap */
    char trap_site[256];
    pthread_t id;
    hew_signal wake;
    _Alignas(16) char fault_stack[HEW_FAULT_STACK];
    struct hew_thread *next;       /* of all threads */
    struct hew_thread *next_spare; /* under idle_lock */
};

/* Of a thread. INSIDE: in foreign code, its worker may be taken; TAKEN: it was. */
enum { HEW_FOREIGN_NONE, HEW_FOREIGN_INSIDE, HEW_FOREIGN_TAKEN };

/* The right to run actors, with all that goes with it. Words marked with * are read by others. */
struct hew_worker {
    _Atomic(hew_thread *) thread; /* * */
    _Atomic(hew_actor *) first_in; /* woken first since the last turn began, runs next, cannot be stolen; * */
    _Atomic(hew_actor *) running; /* * */
    _Atomic uint32_t turns;       /* counts activations; * */
    _Atomic uint32_t steals; /* from others; written by it alone, for observers */
    uint32_t turns_seen;          /* the monitor's */
    int32_t first_in_streak;
    bool had_long_turn; /* then the shared queue goes first: who waits there, for a timer say, has waited longest */
    int64_t slice_at; /* when an actor last used up its slice while others waited */
    hew_actor *kept_first; /* light actors with work; not stolen */
    hew_actor *kept_last;
    _Atomic uint32_t kept_count; /* * */
    uint32_t kept_left;  /* those that have their turns now; 0 while the ring has its */
    uint32_t ring_until; /* where that time ends */
    _Atomic uint32_t must_share; /* another worker has nothing to do; * */
    _Atomic uint32_t came_back;  /* some that were shared; * */
    uint32_t share_pause;        /* the monitor's, like the next: looks between two times of sharing, and until the next */
    uint32_t share_in;
    uint32_t tick;
    uint32_t index;
    int64_t sends_until; /* the number of messages sent at which the running actor lets others run, or is half through with that */
    int64_t half_sent_at; /* 0 before */
    uint64_t random;         /* the thief's */
    uint64_t random_numbers; /* the program's */
    hew_counters counters;
    hew_pool pool;
    hew_actor *free_slots[HEW_SLOT_CLASSES];
    uint32_t free_slot_counts[HEW_SLOT_CLASSES];

    _Alignas(64) _Atomic uint32_t ring_head;
    _Atomic uint32_t ring_tail;
    _Atomic(hew_actor *) ring[HEW_RING];

    _Alignas(64) _Atomic uint32_t lone_head; /* the ring's head when a thief saw one entry in it, and since when; * */
    _Atomic int64_t lone_since;
    hew_signal wake;
    bool is_idle;       /* under idle_lock */
    hew_worker *idle_next;
};

struct hew_supervision;

typedef struct hew_runtime {
    const hew_program *program;
    const struct hew_supervision *supervision;
    int argc;
    char **argv;
    hew_worker *workers;
    uint32_t worker_count;
    hew_counters shared_counters; /* of the thread that runs hew_main */

    hew_lock idle_lock;
    hew_worker *idle_first;
    _Atomic uint32_t idle_count;
    _Atomic uint32_t parking; /* of the idle ones, those that look for work a second time */
    _Atomic uint32_t searching;
    hew_thread *threads;
    hew_thread *spare_threads; /* under idle_lock, like the next */
    uint32_t thread_count;
    _Atomic uint32_t monitor_sleeps;
    _Atomic uint32_t foreign_calls; /* that go on without a worker */
    bool workers_must_end; /* under idle_lock */

    hew_lock environment_lock;
    hew_lock extra_lock;
    hew_lock queue_lock;
    hew_actor *queue_first;
    hew_actor *queue_last;
    _Atomic uint32_t queue_length;

    _Atomic uint32_t stopping;      /* no new work: shutdown phase (a) has begun */
    _Atomic uint32_t end_requested; /* HEW_END_REQUEST_*; only grows */
    _Atomic uint32_t had_fault;
    _Atomic uint32_t crashes; /* of actors; like the next three, for observers */
    _Atomic uint32_t restarts;
    _Atomic uint32_t parks;
    _Atomic uint32_t unparks;
    _Atomic uint32_t supervisors;
    _Atomic int64_t exit_code;
    uint64_t root;
    uint64_t hash_key;
    int64_t drain_limit;
    bool is_seeded;                /* see seeded.c */
    bool stops_everywhere;         /* every safepoint is looked at */
    int64_t trap_at;               /* for tests: the safepoint that traps, 0 for none */
    _Atomic int64_t safepoints;    /* counted only then */
} hew_runtime;

extern hew_runtime hew__rt;

/* Makes an actor runnable if it waits; `worker` is the calling one, or null. */
void hew__wake(hew_worker *worker, hew_actor *actor);
/* The same for mail: an actor that waits inside a handler is left alone. */
void hew__wake_for_mail(hew_worker *worker, hew_actor *actor);
/* The same for who waited for a light actor that this worker runs: they stay together. */
void hew__wake_near(hew_worker *worker, hew_actor *actor);
/* Puts an actor, QUEUED by the caller, into a run queue. */
void hew__enqueue(hew_worker *worker, hew_actor *actor);

/* Runs actors until the thread has no worker any more; false when the workers must end. */
bool hew__work(hew_thread *me);
bool hew__workers_start(uint32_t count);
void hew__workers_join(void);
/* Every worker is idle and has found nothing when it looked again; exact only under idle_lock. */
bool hew__all_parked(void);
/* Whether no worker runs or has anything to run. */
bool hew__is_quiescent(void);
/* Lets others run that wait for this actor's worker. */
void hew__make_room(hew_actor *self);
/* Gives the worker of a running actor to another thread; returns when some worker is given back. */
void hew__hand_over(hew_actor *self);
/* Goes on with an activation that was handed over, on its own thread; this one waits for a new worker. */
void hew__give_back(hew_worker *worker, hew_actor *actor);
/* Asks actors that keep others waiting to hand over; nanoseconds until it wants to look again, or -1. */
int64_t hew__monitor(void);

/* Leaves the running activation; `hew__protect` or the worker's loop goes on. */
_Noreturn void hew__leave(hew_actor *self, int32_t code);
/* Why the process ends: a return from main drains first, anything else does not. */
enum { HEW_END_REQUEST_NONE, HEW_END_REQUEST_RETURN, HEW_END_REQUEST_NOW };
/* The same, with what the report says behind the trap's name. */
_Noreturn void hew__leave_from(hew_actor *self, int32_t code, const char *site);
/* Asks for the end of the process; the first code of the strongest request wins. */
void hew__request_end(int64_t code, uint32_t request);
/* Tells the thread that runs hew_main to look again. */
void hew__poke_main(void);

/* Of the whole process; exact while nothing runs. */
int64_t hew__live_actors(void);
/* Of blocks, messages, actors and the runtime's tables, without what is kept for later use; exact while nothing runs. */
int64_t hew__live_bytes(void);
/* What all workers have counted: exact only while they are parked or joined. */
hew_counters hew__all_counters(void);

static inline hew_counters *hew__counters(hew_worker *worker) { return worker ? &worker->counters : &hew__rt.shared_counters; }

/* Output. */
void hew__output_start(void);
void hew__output_finish(void);
/* Sends what stands in the buffer: the program is about to wait. */
void hew__output_pause(void);
/* Without locks, for a process that is about to die. */
void hew__output_rescue(void);
void hew__input_start(void);
void hew__input_finish(void);
void hew__error_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
