/* Workers: the loop that finds actors and runs them, and parking when there is none. */
#include <stdlib.h>
#include <string.h>

#include "hew/link.h"
#include "hew/pool.h"
#include "hew/queue.h"
#include "hew/sched.h"
#include "hew/seeded.h"

/* What ends an actor at its next step. */
enum { ENDING = HEW_SIGNAL_STOP | HEW_SIGNAL_KILL | HEW_SIGNAL_CANCEL };
/* Messages one actor handles before it looks at the clock, and how long it goes on after that before its neighbours
 * get their turn. Larger: better locality, and who gathers the messages of many keeps up with them; worse latency for the others. */
enum { SLICE_MESSAGES = 64, SEEDED_SLICE = 6, SLICE_NANOSECONDS = 20000 };
/* Messages handled before signals are looked at again, which stand in the line that senders write. */
enum { LOOK_AGAIN = 8 };
/* Turns in a row that the first-in slot may give: two actors in ping-pong must not starve the ring. */
enum { FIRST_IN_STREAK = 128 };
/* Every so many turns the shared queue goes first, so that it cannot starve. */
enum { SHARED_FIRST = 61 };
/* How long a worker looks for work before it parks: about a quarter of what a wake-up costs. */
enum { SPIN_NANOSECONDS = 20000 };

/* --- one activation --- */

static inline void begin_handler(hew_actor *self, uint32_t handler, hew_message *message) {
    self->handler = (uint16_t)handler;
    self->reply = message ? message->reply : NULL;
    if (message) {
        message->reply = NULL;
        hew__list_splice(&self->heap, &message->blocks);
        /* In the heap while the handler reads it: a trap sweeps it like everything else. */
        hew__list_push(&self->heap, &message->block);
    }
}

static inline void end_handler(hew_actor *self) {
    hew_reply *cell = self->reply;
    self->reply = NULL;
    if (cell) hew__reply_finish(self, cell, false, HEW_ASK_ORPHANED_ASK);
    if (self->phase == HEW_PHASE_STARTING) self->phase = HEW_PHASE_LIVE;
}

static inline int finish_dispatch(hew_actor *self, hew_message *message) {
    if (message) {
        hew__list_unlink(&message->block);
        hew__pool_give(self->worker, HEW_FOR_MESSAGE, &message->block);
    }
    if (self->frame) {
        hew__count(&self->worker->counters.suspends, 1);
        return HEW_TURN_WAITS;
    }
    end_handler(self);
    return HEW_TURN_GOES_ON;
}

static inline int dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    begin_handler(self, handler, message);
    self->frame = self->type->dispatch(self, handler, message);
    return finish_dispatch(self, message);
}

static int resume(hew_actor *self) {
    hew_frame *frame = (hew_frame *)(void *)self->frame;
    hew__count(&self->worker->counters.resumes, 1);
    if (frame->resume(self, &frame->block) == HEW_FRAME_WAITING) {
        hew__count(&self->worker->counters.suspends, 1);
        return HEW_TURN_WAITS;
    }
    self->frame = NULL;
    hew_release(self, &frame->block);
    end_handler(self);
    return HEW_TURN_GOES_ON;
}

/* A message of the runtime's own, or one for another generation. */
static int serve(hew_actor *self, hew_message *message) {
    if (message->generation != atomic_load_explicit(&self->generation, memory_order_relaxed)) {
        hew__message_drop(self, message, HEW_ASK_ACTOR_STOPPED);
        return HEW_TURN_GOES_ON;
    }
    switch (message->handler) {
    case HEW_HANDLER_START_CHILD:
        begin_handler(self, message->handler, message);
        self->frame = hew__rt.supervision->start_child(self, message);
        return finish_dispatch(self, message);
    case HEW_HANDLER_STOP:
        self->reply = message->reply; /* answered when the actor is gone */
        message->reply = NULL;
        hew__message_drop(self, message, HEW_ASK_ACTOR_STOPPED);
        return HEW_TURN_ENDS;
    case HEW_HANDLER_PROBE: hew__probe_answer(self, message, hew__pid(self)); return HEW_TURN_GOES_ON;
    default: hew__fatal("a message for handler %u", message->handler);
    }
}

/* One message, and those that were taken with it, until it is time to look at the signals again. */
static int handle_mail(hew_actor *self, int *left) {
    uint32_t generation = atomic_load_explicit(&self->generation, memory_order_relaxed);
    int outcome = HEW_TURN_GOES_ON;
    for (;;) {
        hew_message *message = hew__mailbox_pop(self);
        bool is_plain = message->generation == generation && message->handler < HEW_HANDLER_FIRST_SYSTEM;
        outcome = is_plain ? dispatch(self, message->handler, message) : serve(self, message);
        if (outcome != HEW_TURN_GOES_ON || !self->inbox || self->is_held || *left % LOOK_AGAIN == 0) return outcome;
        --*left;
    }
}

/* One step of a turn, which has `left` of them: resume, a tick, a notification, or messages. */
static int step(hew_actor *self, int *left) {
    --*left;
    if (self->type->flags & HEW_ACTOR_IS_NATIVE) return hew__rt.supervision->step(self);
    uint32_t signals = atomic_load_explicit(&self->signals, memory_order_acquire);
    if (self->type->flags & HEW_ACTOR_MUST_FINISH && !self->frame) signals &= ~(uint32_t)HEW_SIGNAL_CANCEL; /* it begins all the same */
    if (signals & ENDING) return HEW_TURN_ENDS;
    if (self->is_held && hew__waiter_is_held(self)) return HEW_TURN_HELD;
    if (self->frame) return resume(self);
    if (signals & HEW_SIGNAL_DOWN && self->phase == HEW_PHASE_LIVE && hew__notices_take(self)) return HEW_TURN_GOES_ON;
    if (signals & HEW_SIGNAL_TICK && self->phase == HEW_PHASE_LIVE) {
        uint32_t handler = 0;
        atomic_fetch_and_explicit(&self->signals, ~(uint32_t)HEW_SIGNAL_TICK, memory_order_acq_rel);
        if (hew__periodic_take(self, &handler)) {
            atomic_fetch_or_explicit(&self->signals, HEW_SIGNAL_TICK, memory_order_relaxed); /* others may be due */
            return dispatch(self, handler, NULL);
        }
    }
    if (!hew__mailbox_is_empty(self)) return handle_mail(self, left);
    return signals & HEW_SIGNAL_DRAIN && self->phase == HEW_PHASE_LIVE ? HEW_TURN_ENDS : HEW_TURN_WAITS;
}

static void turn(hew_actor *self, void *context) {
    int *outcome = context;
    int left = hew__rt.is_seeded ? 1 + (int)hew__seeded_pick(SEEDED_SLICE) : SLICE_MESSAGES;
    int64_t end = 0;
    int64_t before = 0;
    self->is_light = false;
    for (;;) {
        do *outcome = step(self, &left);
        while (left > 0 && *outcome == HEW_TURN_GOES_ON);
        if (*outcome != HEW_TURN_GOES_ON || hew__rt.is_seeded) return;
        int64_t now = hew__clock();
        self->is_light = now - before < SLICE_MESSAGES * HEW_LIGHT_NANOSECONDS;
        before = now;
        if (!end) end = now + SLICE_NANOSECONDS;
        else if (now >= end) return;
        left = SLICE_MESSAGES;
    }
}

static int how_it_ended(const hew_actor *actor) {
    uint32_t signals = atomic_load_explicit(&((hew_actor *)(uintptr_t)actor)->signals, memory_order_relaxed);
    if (signals & HEW_SIGNAL_KILL) return HEW_END_KILLED;
    return signals & (HEW_SIGNAL_STOP | HEW_SIGNAL_CANCEL) ? HEW_END_STOPPED : HEW_END_NORMAL;
}

/* The root and tasks live for one handler only. */
static bool is_through(hew_actor *actor) {
    return actor->phase == HEW_PHASE_LIVE && !actor->frame && atomic_load_explicit(&actor->signals, memory_order_relaxed) & HEW_SIGNAL_ONCE;
}

/* Whether a handler that waits was told to end in a way that wakes nobody: in its first turn, or while it had handed over. */
static bool must_end(const hew_actor *actor) {
    uint32_t signals = atomic_load_explicit(&((hew_actor *)(uintptr_t)actor)->signals, memory_order_acquire);
    return signals & ENDING && !(actor->type->flags & HEW_ACTOR_IS_NATIVE);
}

static void run_actor(hew_thread *me, hew_actor *actor) {
    hew__claim();
    /* seq_cst: before the first look at the mailbox and the signals; pairs with wake */
    atomic_exchange_explicit(&actor->run_state, HEW_RUN_RUNNING, memory_order_seq_cst);
    hew_worker *worker = me->worker;
    actor->worker = worker;
    /* A hint to the monitor, as `turns`; release: it touches the actor, whose slot may be new. */
    atomic_store_explicit(&worker->running, actor, memory_order_release);
    atomic_store_explicit(&worker->turns, atomic_load_explicit(&worker->turns, memory_order_relaxed) + 1, memory_order_relaxed);
    atomic_store_explicit(&actor->stack_guard, hew__rt.stops_everywhere ? UINTPTR_MAX : me->stack_limit, memory_order_seq_cst);
    worker->sends_until = worker->counters.messages_sent + HEW_HALF_OF_SENDS;
    worker->half_sent_at = 0;
    if (hew__rt.is_seeded) hew__seeded_note((uint64_t)hew__now(), hew__pid(actor));
    int outcome = HEW_TURN_WAITS;
    bool has_left = hew__protect(actor, turn, &outcome) != 0;
    if (!has_left && outcome == HEW_TURN_WAITS && actor->frame && must_end(actor)) outcome = HEW_TURN_ENDS;
    if (has_left) {
        bool is_killed = me->trap_code == HEW_TRAP_KILLED || me->trap_code == HEW_TRAP_EXITED;
        hew__actor_end(actor, is_killed ? HEW_END_KILLED : HEW_END_CRASHED);
    } else if (outcome == HEW_TURN_ENDS || is_through(actor)) {
        me->trap_code = HEW_TRAP_KILLED;
        hew__actor_end(actor, outcome == HEW_TURN_ENDS ? how_it_ended(actor) : HEW_END_NORMAL);
    } else {
        uint32_t running = HEW_RUN_RUNNING;
        bool is_held = outcome == HEW_TURN_HELD;
        uint32_t next = actor->frame || is_held ? HEW_RUN_SUSPENDED : HEW_RUN_IDLE;
        bool waits = is_held || (outcome == HEW_TURN_WAITS && (actor->frame || hew__mailbox_is_empty(actor)));
        atomic_store_explicit(&me->worker->running, NULL, memory_order_relaxed);
        hew__claim();
        /* seq_cst: release gives the actor's memory to the next holder of its token */
        if (!waits || !atomic_compare_exchange_strong_explicit(&actor->run_state, &running, next, memory_order_seq_cst, memory_order_relaxed)) {
            atomic_store_explicit(&actor->run_state, HEW_RUN_QUEUED, memory_order_seq_cst);
            hew__enqueue_behind(me->worker, actor);
        }
    }
}

/* --- finding work --- */

static hew_actor *take_first_in(hew_worker *me) {
    hew_actor *actor = atomic_load_explicit(&me->first_in, memory_order_relaxed);
    if (!actor) return NULL;
    atomic_store_explicit(&me->first_in, NULL, memory_order_relaxed);
    if (++me->first_in_streak <= FIRST_IN_STREAK || hew__queue_is_empty(me)) return actor;
    me->first_in_streak = 0;
    hew__queue_push_own(me, actor);
    return NULL;
}

static hew_actor *take_local(hew_worker *me) {
    if (++me->tick % SHARED_FIRST == 0 || me->had_long_turn || hew__rt.is_seeded) {
        me->had_long_turn = false;
        hew_actor *actor = hew__queue_take_shared();
        if (actor) return actor;
    }
    hew_actor *actor = take_first_in(me);
    if (actor) return actor;
    me->first_in_streak = 0;
    return hew__queue_take_own(me);
}

static hew_actor *steal_from_someone(hew_worker *me) {
    uint32_t count = hew__rt.worker_count;
    me->random = me->random * 6364136223846793005u + 1442695040888963407u;
    uint32_t start = (uint32_t)(me->random >> 33) % count;
    for (uint32_t i = 0; i < count; i++) {
        hew_worker *victim = &hew__rt.workers[(start + i) % count];
        hew_actor *actor = victim == me ? NULL : hew__queue_steal(me, victim);
        if (!actor) continue;
        atomic_store_explicit(&me->steals, atomic_load_explicit(&me->steals, memory_order_relaxed) + 1, memory_order_relaxed); /* its own */
        return actor;
    }
    return NULL;
}

static hew_actor *search(hew_worker *me) {
    hew_actor *actor = hew__queue_take_shared();
    return actor ? actor : steal_from_someone(me);
}

static hew_actor *spin(hew_worker *me) {
    atomic_fetch_add_explicit(&hew__rt.searching, 1, memory_order_seq_cst);
    int64_t end = hew__clock() + SPIN_NANOSECONDS;
    hew_actor *actor = search(me);
    while (!actor && hew__clock() < end) {
        for (int i = 0; i < 32; i++) hew__cpu_relax();
        actor = search(me);
    }
    /* The last searcher that found something lets another take over: there may be more. */
    uint32_t before = atomic_fetch_sub_explicit(&hew__rt.searching, 1, memory_order_seq_cst);
    if (actor && before == 1) hew__wake_worker();
    return actor;
}

/* --- parking --- */

void hew__wake_worker(void) {
    if (atomic_load_explicit(&hew__rt.idle_count, memory_order_seq_cst) == 0) return;
    if (atomic_load_explicit(&hew__rt.searching, memory_order_seq_cst) > 0) return;
    hew__lock(&hew__rt.idle_lock);
    hew_worker *worker = hew__rt.idle_first;
    if (worker) {
        hew__rt.idle_first = worker->idle_next;
        worker->is_idle = false;
        atomic_fetch_sub_explicit(&hew__rt.idle_count, 1, memory_order_seq_cst);
    }
    hew__unlock(&hew__rt.idle_lock);
    if (!worker) return;
    atomic_fetch_add_explicit(&hew__rt.unparks, 1, memory_order_relaxed); /* for observers */
    hew__signal_set(&worker->wake);
}

static void unlist(hew_worker *me) {
    hew_worker **link = &hew__rt.idle_first;
    while (*link != me) link = &(*link)->idle_next;
    *link = me->idle_next;
    me->is_idle = false;
    atomic_fetch_sub_explicit(&hew__rt.idle_count, 1, memory_order_seq_cst);
}

/* False when the workers must end. */
static bool park(hew_worker *me, hew_actor **found) {
    hew__lock(&hew__rt.idle_lock);
    bool must_end = hew__rt.workers_must_end;
    if (!must_end) {
        me->is_idle = true;
        me->idle_next = hew__rt.idle_first;
        hew__rt.idle_first = me;
        /* seq_cst: listed before the second look; pairs with the pushes in queue.c */
        atomic_fetch_add_explicit(&hew__rt.idle_count, 1, memory_order_seq_cst);
        atomic_fetch_add_explicit(&hew__rt.parking, 1, memory_order_seq_cst);
    }
    hew__unlock(&hew__rt.idle_lock);
    if (must_end) return false;
    *found = search(me);
    hew__lock(&hew__rt.idle_lock);
    bool is_listed = me->is_idle;
    if (*found && is_listed) unlist(me);
    /* seq_cst: after this worker is no longer listed, if it found something; pairs with all_parked */
    atomic_fetch_sub_explicit(&hew__rt.parking, 1, memory_order_seq_cst);
    bool is_last = !*found && is_listed && atomic_load_explicit(&hew__rt.idle_count, memory_order_relaxed) == hew__rt.worker_count;
    hew__unlock(&hew__rt.idle_lock);
    if (is_last && (hew__rt.is_seeded || atomic_load_explicit(&hew__rt.end_requested, memory_order_acquire))) hew__poke_main();
    if (!*found || !is_listed) {
        atomic_fetch_add_explicit(&hew__rt.parks, 1, memory_order_relaxed); /* for observers */
        hew__signal_wait(&me->wake);
    }
    /* seq_cst: this worker is no longer listed as idle; pairs with the monitor's second look */
    if (atomic_load_explicit(&hew__rt.monitor_sleeps, memory_order_seq_cst)) hew__poke_main();
    return true;
}

bool hew__all_parked(void) {
    return atomic_load_explicit(&hew__rt.idle_count, memory_order_seq_cst) == hew__rt.worker_count &&
           atomic_load_explicit(&hew__rt.parking, memory_order_seq_cst) == 0;
}

bool hew__is_quiescent(void) {
    hew__lock(&hew__rt.idle_lock);
    bool all_idle = hew__all_parked();
    bool is_empty = atomic_load_explicit(&hew__rt.queue_length, memory_order_seq_cst) == 0 &&
                    atomic_load_explicit(&hew__rt.foreign_calls, memory_order_seq_cst) == 0;
    hew__unlock(&hew__rt.idle_lock);
    return all_idle && is_empty;
}

/* --- a thread with a worker --- */

/* Runs actors until this thread has no worker any more; false when the workers must end. Each gift of
 * a worker is one `wake`, so `me->worker` is looked at only after waiting for that. */
bool hew__work(hew_thread *me) {
    for (;;) {
        if (hew__rt.is_seeded) hew__gate_pass();
        hew_actor *actor = take_local(me->worker);
        if (!actor) actor = spin(me->worker);
        if (!actor && !park(me->worker, &actor)) return false;
        if (!actor) continue;
        const hew_extra *extra = atomic_load_explicit(&actor->extra, memory_order_acquire);
        if (extra && extra->stalled) {
            hew__give_back(me->worker, actor);
            return true;
        }
        run_actor(me, actor);
    }
}
