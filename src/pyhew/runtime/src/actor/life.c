/* Birth and death of actors. */
#include <string.h>

#include "hew/link.h"
#include "hew/sched.h"
#include "hew/timer.h"

/* --- birth --- */

static bool prepare(hew_worker *worker, hew_actor *actor, const hew_birth *birth) {
    uint32_t signals = birth->signals | (birth->parent ? HEW_SIGNAL_SUPERVISED : 0) | (birth->scope ? HEW_SIGNAL_ONCE : 0);
    atomic_store_explicit(&actor->signals, signals, memory_order_relaxed);
    if (!birth->parent && !birth->scope && birth->type->periodic_count == 0) return true;
    hew_extra *extra = hew__extra(worker, actor);
    if (!extra) return false;
    extra->parent = birth->parent;
    extra->child = birth->child;
    extra->restarts = birth->restarts;
    extra->scope = birth->scope;
    if (birth->parent) {
        extra->end_notice = hew__message_alloc(worker, HEW_HANDLER_CHILD_ENDED, sizeof(hew_child_ended));
        if (!extra->end_notice) return false;
    }
    return hew__periodics_start(worker, actor);
}

static void unprepare(hew_worker *worker, hew_actor *actor) {
    hew_extra *extra = atomic_load_explicit(&actor->extra, memory_order_acquire);
    if (extra) {
        hew__periodics_stop(worker, actor);
        if (extra->end_notice) hew__block_give(worker, HEW_FOR_MESSAGE, &extra->end_notice->block);
        hew__free(worker, extra);
        atomic_store_explicit(&actor->extra, NULL, memory_order_release);
    }
    atomic_store_explicit(&actor->head, HEW_CLOSED, memory_order_release);
    hew__slot_return(worker, actor);
}

hew_actor *hew__actor_prepare(hew_actor *self, const hew_birth *birth) {
    hew_worker *worker = self ? self->worker : NULL;
    hew_actor *actor = hew__slot_take(worker, birth->type);
    if (actor && !prepare(worker, actor, birth)) {
        unprepare(worker, actor);
        actor = NULL;
    }
    if (!actor) {
        if (birth->first && self) hew__message_drop(self, birth->first, HEW_ASK_ACTOR_STOPPED);
        else if (birth->first) hew__block_give(NULL, HEW_FOR_MESSAGE, &birth->first->block);
        return NULL;
    }
    if (birth->first) {
        birth->first->generation = (uint32_t)(hew__pid(actor) >> 32);
        hew__mailbox_push(worker, actor, birth->first);
    }
    return actor;
}

void hew__actor_release(hew_actor *self, hew_actor *actor) {
    bool is_late = atomic_load_explicit(&hew__rt.stopping, memory_order_acquire);
    if (is_late && !(atomic_load_explicit(&actor->signals, memory_order_relaxed) & HEW_SIGNAL_SUPERVISED)) {
        atomic_fetch_or_explicit(&actor->signals, HEW_SIGNAL_STOP, memory_order_release);
    }
    /* release: the token, and with it the whole slot, passes to whoever dequeues it */
    atomic_store_explicit(&actor->run_state, HEW_RUN_QUEUED, memory_order_release);
    hew__enqueue(self ? self->worker : NULL, actor);
}

uint64_t hew__actor_create(hew_actor *self, const hew_birth *birth) {
    hew_actor *actor = hew__actor_prepare(self, birth);
    if (!actor) return 0;
    uint64_t pid = hew__pid(actor);
    hew__actor_release(self, actor);
    return pid;
}

uint64_t hew_actor_spawn(hew_actor *self, const hew_actor_type *type, hew_message *init) {
    hew__list_unlink(&init->block);
    hew_birth birth = {.type = type, .first = init};
    uint64_t pid = hew__actor_create(self, &birth);
    if (pid == 0) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    return pid;
}

/* --- death --- */

static void run_on_stop(hew_actor *self, void *context) {
    (void)context;
    self->type->on_stop(self);
}

static void run_drops(hew_actor *self, void *context) {
    (void)context;
    hew_block *frame = self->frame;
    self->frame = NULL;
    hew_release(self, frame);
    if (self->type->drop_state) self->type->drop_state(self);
}

static void run_on_crash(hew_actor *self, void *context) {
    hew_block *message = context;
    if (message) hew_retain(message);
    else message = hew_string_from_bytes(self, self->worker->thread->trap_site, (int64_t)strlen(self->worker->thread->trap_site));
    self->status = self->type->on_crash(self, self->trap_code, message);
    hew_release(self, message);
}

static bool end_politely(hew_actor *self) {
    bool was_live = self->phase == HEW_PHASE_LIVE;
    self->phase = HEW_PHASE_STOPPING;
    if (was_live && self->type->on_stop && hew__protect(self, run_on_stop, NULL) != 0) return false;
    return hew__protect(self, run_drops, NULL) == 0; /* a state that was never built is all zero */
}

/* What a trap means for the process; a supervised actor's fault is its supervisor's to judge. */
static void settle_fault(hew_actor *self, const hew_extra *extra) {
    int32_t code = self->trap_code;
    bool has_message = self->worker->thread->trap_message != NULL;
    bool is_root = hew__pid(self) == hew__rt.root;
    if (code == HEW_TRAP_EXITED || code == HEW_TRAP_KILLED) return;
    bool is_supervised = extra && extra->parent;
    bool is_task = extra && extra->scope;
    bool is_fatal = code == HEW_TRAP_ASSERTION_FAILED || code == HEW_TRAP_STREAM_FAULT;
    if (is_fatal || is_root || (self->phase == HEW_PHASE_STARTING && !is_supervised && !is_task)) {
        int exit_code = code == HEW_TRAP_PANIC ? 101 : is_fatal || has_message ? 134 : 132;
        hew__request_end(exit_code, HEW_END_REQUEST_NOW);
    } else if (!is_supervised && !is_task) {
        atomic_store_explicit(&hew__rt.had_fault, 1, memory_order_relaxed);
    }
}

static void end_crashed(hew_actor *self) {
    self->trap_code = (int16_t)self->worker->thread->trap_code;
    if (self->trap_code != HEW_TRAP_EXITED && self->trap_code != HEW_TRAP_KILLED) atomic_fetch_add_explicit(&hew__rt.crashes, 1, memory_order_relaxed);
    self->frame = NULL;
    const hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_acquire);
    if (!extra || !extra->scope) hew__report_crash(self);
    else if (self->trap_code != HEW_TRAP_KILLED) hew__task_trapped(self->worker, extra->scope); /* it goes on in the owner */
    settle_fault(self, extra);
    bool has_hook = self->type->on_crash && self->phase == HEW_PHASE_LIVE && self->trap_code != HEW_TRAP_EXITED && self->trap_code != HEW_TRAP_KILLED;
    self->phase = HEW_PHASE_STOPPING;
    self->status = HEW_CRASH_ACTION_NONE;
    /* The trapped handler may have moved the state out; what the hook looks at was left in the slot as copies. A
     * supervisor that was killed has what it always has. */
    if (self->type->flags & HEW_ACTOR_IS_NATIVE) self->type->drop_state(self);
    if (has_hook && hew__protect(self, run_on_crash, self->worker->thread->trap_message) != 0) {
        hew__report_crash(self);
        self->status = HEW_CRASH_ACTION_FAILED;
    }
    hew__list_splice(&self->heap, &self->worker->thread->dying);
}

static void tell_parent(hew_worker *worker, hew_actor *actor, hew_extra *extra, int how) {
    hew_message *notice = extra->end_notice;
    if (!notice) return;
    hew_child_ended *ended = hew__payload(notice);
    ended->pid = hew__pid(actor);
    ended->child = extra->child;
    ended->how = extra->has_failed ? HEW_END_CRASHED : how;
    ended->action = actor->status;
    notice->generation = (uint32_t)(extra->parent >> 32);
    hew_actor *parent = hew__slot_of(extra->parent);
    if (!hew__mailbox_push(worker, parent, notice)) hew__fatal("a supervisor ended before its child");
}

static void extra_end(hew_actor *actor, hew_extra *extra, int how) {
    hew_worker *worker = actor->worker;
    hew__periodics_stop(worker, actor);
    hew__waiter_remove(actor);
    hew__links_free(worker, extra);
    hew__emitted_free(worker, extra);
    if (extra->scope) hew__task_ended(worker, extra->scope, actor, how);
    tell_parent(worker, actor, extra, how);
    hew__free(worker, extra);
    atomic_store_explicit(&actor->extra, NULL, memory_order_release);
}

/* User code may hand the worker over: until the mailbox is closed, it is read anew each time. */
void hew__actor_end(hew_actor *actor, int how) {
    bool is_root = hew__pid(actor) == hew__rt.root;
    if (how <= HEW_END_STOPPED && !end_politely(actor)) how = HEW_END_CRASHED;
    if (how >= HEW_END_CRASHED) end_crashed(actor);
    else if (is_root) hew__request_end(atomic_load_explicit(&hew__rt.exit_code, memory_order_relaxed), HEW_END_REQUEST_RETURN);
    if (how <= HEW_END_STOPPED) hew__check_lost(actor);
    hew__heap_close(actor, &actor->heap);
    hew_reply *cell = actor->reply;
    actor->reply = NULL;
    if (cell) hew__reply_clear(actor, cell);
    hew__heap_sweep(actor, &actor->heap);
    hew__mailbox_close(actor);
    hew_worker *worker = actor->worker;
    hew__waiters_wake(worker, actor);
    if (atomic_load_explicit(&actor->signals, memory_order_seq_cst) & HEW_SIGNAL_WATCHED) hew__watches_fire(worker, actor, how);
    hew_extra *extra = atomic_load_explicit(&actor->extra, memory_order_acquire);
    if (extra) extra_end(actor, extra, how);
    actor->phase = HEW_PHASE_ENDED;
    worker->thread->trap_message = NULL;
    atomic_store_explicit(&worker->running, NULL, memory_order_relaxed);
    hew__slot_return(worker, actor);
    /* Last: who asked for a stop finds the actor gone. */
    if (cell) hew__reply_fail(worker, cell, HEW_ASK_ACTOR_STOPPED);
}

/* --- requests --- */

void hew__actor_signal(hew_worker *worker, hew_actor *actor, uint32_t signal) {
    hew__claim();
    atomic_fetch_or_explicit(&actor->signals, signal, memory_order_seq_cst);
    if (signal & (HEW_SIGNAL_KILL | HEW_SIGNAL_CANCEL)) {
        /* seq_cst: after the signal, so that lowering the guard again finds it; see hew_safepoint */
        atomic_store_explicit(&actor->stack_guard, UINTPTR_MAX, memory_order_seq_cst);
    }
    hew__wake(worker, actor);
}

bool hew__pid_signal(hew_worker *worker, uint64_t pid, uint32_t signal) {
    hew_actor *actor = hew__slot_of(pid);
    if (!actor) return false;
    hew__lock(hew__slot_lock(actor)); /* the slot cannot change hands meanwhile */
    bool is_current = hew__is_current(actor, pid) && atomic_load_explicit(&actor->run_state, memory_order_acquire) != HEW_RUN_FREE;
    if (is_current) hew__actor_signal(worker, actor, signal);
    hew__unlock(hew__slot_lock(actor));
    return is_current;
}

uint64_t hew_actor_self(hew_actor *self) { return hew__pid(self); }

int32_t hew_actor_is_alive(uint64_t pid) {
    hew_actor *actor = hew__slot_of(pid);
    return hew__is_current(actor, pid) && atomic_load_explicit(&actor->head, memory_order_acquire) != HEW_CLOSED;
}

void hew_actor_kill(hew_actor *self, uint64_t pid) { hew__pid_signal(self->worker, pid, HEW_SIGNAL_KILL); }

void hew_set_exit_code(hew_actor *self, int64_t code) {
    (void)self;
    atomic_store_explicit(&hew__rt.exit_code, code, memory_order_relaxed);
}
