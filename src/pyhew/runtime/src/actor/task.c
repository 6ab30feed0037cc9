/* Scopes and their tasks.
 *
 * A task is a hidden actor with one handler whose reply goes to a cell of the scope's owner. The
 * scope object is shared by the owner's handle and by every task that has not ended; `references` counts them. `pending`
 * counts the tasks alone: the one that makes it 0 wakes the owner. Only the owner cancels, at its polls, so the list of
 * pids needs no lock; a task that traps leaves its reason in the scope, once. A trap cancels the others as soon as the owner
 * waits for any of them, because nothing of theirs will be used; an `Err` cancels those that nobody has awaited by the end of the scope.
 *
 * A cancelled task ends where it waits, where its frame runs what it deferred; or at a safepoint of code that does not wait, as when
 * it is killed, but not before it has run what it deferred. One that must finish ends only where it waits. */
#include <stdio.h>
#include <string.h>

#include "hew/builtin.h"
#include "hew/link.h"
#include "hew/sched.h"

enum { SCOPE_OK, SCOPE_DEADLINE, SCOPE_TRAPPED };

typedef struct hew_scope {
    _Atomic uint32_t references;
    _Atomic uint32_t pending;
    _Atomic uint32_t is_waited;
    _Atomic uint32_t trap; /* 0, or the trap code; claimed by the first task that traps */
    _Atomic uint32_t trap_is_told;
    _Atomic uint32_t has_failed; /* a task answered `Err` */
    bool trap_has_message;
    char trap_text[256];
    hew_actor *owner;
    /* the owner's */
    uint64_t *tasks;
    uint32_t count;
    uint32_t capacity;
    int32_t status;
    hew_block *timer;
} scope;

typedef struct scope_block {
    hew_block block;
    scope *scope;
} scope_block;

static scope *scope_of(hew_block *block) { return ((scope_block *)(void *)block)->scope; }

static void unreference(hew_worker *worker, scope *shared) {
    /* acq_rel: the last one sees everything the others did */
    if (atomic_fetch_sub_explicit(&shared->references, 1, memory_order_acq_rel) == 1) hew__free(worker, shared);
}

hew_block *hew_scope_open(hew_actor *self) {
    scope *shared = hew__alloc(self->worker, sizeof *shared);
    if (!shared) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    memset(shared, 0, sizeof *shared);
    atomic_store_explicit(&shared->references, 1, memory_order_relaxed);
    shared->owner = self;
    scope_block *handle = (scope_block *)(void *)hew__handle_alloc(self, HEW_TYPE_SCOPE, sizeof(scope_block));
    if (!handle) {
        hew__free(self->worker, shared);
        hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    }
    handle->scope = shared;
    hew__list_push(&self->heap, &handle->block);
    return &handle->block;
}

static bool has_room(hew_actor *self, scope *shared) {
    if (shared->count < shared->capacity) return true;
    uint32_t capacity = shared->capacity ? 2 * shared->capacity : 8;
    uint64_t *tasks = hew__alloc(self->worker, capacity * sizeof *tasks);
    if (!tasks) return false;
    if (shared->tasks) {
        memcpy(tasks, shared->tasks, shared->count * sizeof *tasks);
        hew__free(self->worker, shared->tasks);
    }
    shared->tasks = tasks;
    shared->capacity = capacity;
    return true;
}

hew_block *hew_scope_fork(hew_actor *self, hew_block *block, const hew_actor_type *type, hew_message *init, uint64_t reply_size) {
    scope *shared = scope_of(block);
    hew_reply *cell = has_room(self, shared) ? hew__reply_new(self, reply_size) : NULL;
    if (!cell) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    hew__list_unlink(&init->block);
    init->reply = cell;
    atomic_fetch_add_explicit(&shared->references, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&shared->pending, 1, memory_order_relaxed);
    hew_birth birth = {.type = type, .first = init, .scope = shared};
    uint64_t pid = hew__actor_create(self, &birth);
    if (pid == 0) {
        atomic_fetch_sub_explicit(&shared->pending, 1, memory_order_relaxed);
        atomic_fetch_sub_explicit(&shared->references, 1, memory_order_relaxed);
        hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    }
    shared->tasks[shared->count++] = cell->task = pid;
    return &cell->block;
}

void hew__task_trapped(hew_worker *worker, struct hew_scope *shared) {
    uint32_t none = 0;
    uint32_t code = (uint32_t)worker->thread->trap_code;
    hew__claim();
    /* The claim comes first; `trap_is_told` publishes the text. */
    if (!atomic_compare_exchange_strong_explicit(&shared->trap, &none, code, memory_order_acq_rel, memory_order_relaxed)) return;
    const hew_string *message = (const hew_string *)(const void *)worker->thread->trap_message;
    shared->trap_has_message = message != NULL;
    snprintf(shared->trap_text, sizeof shared->trap_text, "%s", message ? message->bytes : worker->thread->trap_site);
    atomic_store_explicit(&shared->trap_is_told, 1, memory_order_release);
}

void hew__task_ended(hew_worker *worker, struct hew_scope *shared, hew_actor *task, int how) {
    (void)task;
    hew_actor *owner = shared->owner;
    bool has_trapped = how == HEW_END_CRASHED;
    /* acq_rel: the owner that sees 0 sees all results */
    bool is_last = atomic_fetch_sub_explicit(&shared->pending, 1, memory_order_acq_rel) == 1;
    bool is_waited = atomic_load_explicit(&shared->is_waited, memory_order_seq_cst);
    if ((is_last || has_trapped) && is_waited) hew__wake(worker, owner);
    unreference(worker, shared);
}

static void cancel_all(hew_actor *self, scope *shared) {
    for (uint32_t i = 0; i < shared->count; i++) hew__pid_signal(self->worker, shared->tasks[i], HEW_SIGNAL_CANCEL);
    shared->count = 0;
}

static bool has_trap(const scope *shared) {
    return atomic_load_explicit(&((scope *)(uintptr_t)shared)->trap_is_told, memory_order_acquire) != 0;
}

void hew_scope_watch(hew_actor *self, hew_block *block) {
    scope *shared = scope_of(block);
    /* seq_cst: marked as waiting before the trap and the count are read; pairs with task_ended */
    atomic_store_explicit(&shared->is_waited, 1, memory_order_seq_cst);
    if (!has_trap(shared) || shared->status == SCOPE_TRAPPED) return;
    shared->status = SCOPE_TRAPPED;
    cancel_all(self, shared);
}

void hew_task_fail(hew_actor *self) {
    const hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_relaxed);
    scope *shared = extra ? extra->scope : NULL;
    if (!shared) return; /* no task */
    /* seq_cst: before the look at the owner; pairs with scope_watch */
    atomic_store_explicit(&shared->has_failed, 1, memory_order_seq_cst);
    if (atomic_load_explicit(&shared->is_waited, memory_order_seq_cst)) hew__wake(self->worker, shared->owner);
}

int32_t hew_scope_poll(hew_actor *self, hew_block *block) {
    scope *shared = scope_of(block);
    hew_scope_watch(self, block);
    uint32_t pending = atomic_load_explicit(&shared->pending, memory_order_seq_cst);
    if (pending > 0 && shared->count > 0 && atomic_load_explicit(&shared->has_failed, memory_order_seq_cst)) cancel_all(self, shared);
    if (pending > 0 && shared->timer && hew_timer_poll(self, shared->timer) && shared->status == SCOPE_OK) {
        shared->status = SCOPE_DEADLINE;
        cancel_all(self, shared);
    }
    return pending == 0;
}

void hew_scope_deadline(hew_actor *self, hew_block *block, int64_t nanoseconds) {
    scope *shared = scope_of(block);
    hew_block *timer = hew_timer_start(self, nanoseconds); /* a trap here leaves the old limit */
    hew_release(self, shared->timer);
    shared->timer = timer;
    /* The scope owns it, not the heap: a sweep must find it once. */
    hew__list_unlink(shared->timer);
    hew__list_init((hew_block_list *)(void *)shared->timer);
}

int32_t hew_scope_status(hew_block *block) {
    const scope *shared = scope_of(block);
    return has_trap(shared) ? SCOPE_TRAPPED : shared->status;
}

void hew_scope_rethrow(hew_actor *self, hew_block *block) {
    scope *shared = scope_of(block);
    if (!has_trap(shared)) return;
    int32_t code = (int32_t)atomic_load_explicit(&shared->trap, memory_order_relaxed);
    if (shared->trap_has_message) {
        hew_trap_message(self, code, hew_string_from_bytes(self, shared->trap_text, (int64_t)strlen(shared->trap_text)));
    }
    hew__leave_from(self, code, shared->trap_text);
}

int32_t hew_is_cancelled(hew_actor *self) {
    uint32_t asked = HEW_SIGNAL_CANCEL | HEW_SIGNAL_STOP | HEW_SIGNAL_KILL;
    return (atomic_load_explicit(&self->signals, memory_order_acquire) & asked) != 0;
}

/* --- what a task has deferred --- */

static hew_extra *extra_of_task(const hew_actor *self) {
    hew_extra *extra = atomic_load_explicit(&((hew_actor *)(uintptr_t)self)->extra, memory_order_relaxed);
    return extra && extra->scope ? extra : NULL;
}

bool hew__task_owes_nothing(const hew_actor *self) {
    const hew_extra *extra = extra_of_task(self);
    return extra && extra->deferred == 0 && !(self->type->flags & HEW_ACTOR_MUST_FINISH) && self->phase < HEW_PHASE_STOPPING;
}

void hew_defer_open(hew_actor *self) {
    hew_extra *extra = extra_of_task(self);
    if (extra) extra->deferred++;
}

void hew_defer_close(hew_actor *self) {
    hew_extra *extra = extra_of_task(self);
    if (!extra || --extra->deferred > 0) return;
    /* A safepoint that came too early has lowered the guard; the next one shall look again. */
    if (atomic_load_explicit(&self->signals, memory_order_seq_cst) & HEW_SIGNAL_CANCEL) {
        atomic_store_explicit(&self->stack_guard, UINTPTR_MAX, memory_order_seq_cst);
    }
}

void hew__scope_close(hew_actor *self, hew_block *block) {
    scope *shared = scope_of(block);
    cancel_all(self, shared);
    hew_release(self, shared->timer);
    if (shared->tasks) hew__free(self->worker, shared->tasks);
    shared->tasks = NULL;
    hew__block_free(self, block);
    unreference(self->worker, shared);
}
