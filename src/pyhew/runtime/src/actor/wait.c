/* Senders that found a mailbox full.
 *
 * They stand in a list that hangs on the receiver, so that whoever has no waiting senders pays nothing for those of others.
 * A sender lists itself and sets AWAITED, then looks at the depth again; the receiver lowers the depth, then looks at
 * AWAITED. Both in one total order, so one of them sees the other. The end of the receiver is the same with the closed head
 * in place of the depth: a sender touches the list only when it has seen the head open after it set AWAITED. Those that have waited
 * longest are woken first, a few at a time, because each may fill all the room there is; an empty mailbox wakes all. */
#include "hew/link.h"
#include "hew/sched.h"

enum { BATCH = 8 };

/* For reports only. */
static _Atomic uint32_t listed;

static bool is_over(const hew_actor *target) {
    return hew__mailbox_depth(target) > hew__mailbox_capacity(target);
}

/* Null when nobody has ever waited. Under the target's slot lock. */
static hew_waiters *waiters_of(hew_actor *target) {
    hew_extra *extra = atomic_load_explicit(&target->extra, memory_order_acquire);
    return extra ? &extra->waiters : NULL;
}

static void list(hew_waiters *in, hew_waiter *waiter) {
    waiter->next = NULL;
    waiter->before = in->last;
    if (in->last) in->last->next = waiter;
    else in->first = waiter;
    in->last = waiter;
    atomic_store_explicit(&waiter->is_listed, true, memory_order_relaxed);
    atomic_fetch_add_explicit(&listed, 1, memory_order_relaxed);
}

static void unlist(hew_waiter *waiter) {
    hew_actor *target = waiter->target;
    hew_waiters *in = waiters_of(target);
    if (waiter->before) waiter->before->next = waiter->next;
    else in->first = waiter->next;
    if (waiter->next) waiter->next->before = waiter->before;
    else in->last = waiter->before;
    /* release: a target that ends and finds nobody waiting frees the list; pairs with is_awaited */
    if (!in->first) atomic_fetch_and_explicit(&target->signals, ~(uint32_t)HEW_SIGNAL_AWAITED, memory_order_release);
    atomic_fetch_sub_explicit(&listed, 1, memory_order_relaxed);
    /* release: the last touch of whoever takes another's waiter off; pairs with is_held */
    atomic_store_explicit(&waiter->is_listed, false, memory_order_release);
}

static bool is_listed(hew_waiter *waiter) { return atomic_load_explicit(&waiter->is_listed, memory_order_acquire); }

/* Under the target's slot lock, which keeps the slot from changing hands. */
static bool add(hew_actor *self, hew_waiter *waiter, hew_actor *target) {
    hew__claim();
    atomic_fetch_or_explicit(&target->signals, HEW_SIGNAL_AWAITED, memory_order_seq_cst);
    if (atomic_load_explicit(&target->head, memory_order_seq_cst) == HEW_CLOSED) return false;
    hew_extra *extra = hew__extra(self->worker, target);
    if (!extra) return false;
    if (!is_listed(waiter)) {
        waiter->actor = self;
        waiter->target = target;
        list(&extra->waiters, waiter);
    }
    bool must_wait = is_over(target);
    if (!must_wait) unlist(waiter);
    return must_wait;
}

bool hew__waiter_add(hew_actor *self, uint64_t pid) {
    hew_actor *target = hew__slot_of(pid);
    hew_extra *extra = hew__extra(self->worker, self);
    if (!extra) return false;
    hew_waiter *waiter = &extra->waiting;
    if (waiter->target && waiter->target != target) hew__waiter_remove(self);
    hew__lock(hew__slot_lock(target));
    bool must_wait = hew__is_current(target, pid) && add(self, waiter, target);
    hew__unlock(hew__slot_lock(target));
    return must_wait;
}

void hew__waiter_remove(hew_actor *self) {
    hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_acquire);
    if (!extra || !extra->waiting.target) return;
    hew_lock *lock = hew__slot_lock(extra->waiting.target);
    hew__lock(lock);
    if (is_listed(&extra->waiting)) unlist(&extra->waiting);
    hew__unlock(lock);
    extra->waiting.target = NULL;
}

bool hew__waiter_is_held(hew_actor *self) {
    hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_acquire);
    if (is_listed(&extra->waiting)) return true;
    extra->waiting.target = NULL;
    self->is_held = false;
    return false;
}

/* Takes up to BATCH off the list, then wakes them without the lock; gives their number. A slot that has changed
 * hands meanwhile is woken for nothing. */
static uint32_t wake_batch(hew_worker *worker, hew_actor *target) {
    hew_actor *woken[BATCH];
    uint32_t count = 0;
    hew__lock(hew__slot_lock(target));
    hew_waiters *in = waiters_of(target);
    while (in && in->first && count < BATCH) {
        woken[count++] = in->first->actor;
        unlist(in->first);
    }
    hew__unlock(hew__slot_lock(target));
    for (uint32_t i = 0; i < count; i++) (target->is_light ? hew__wake_near : hew__wake)(worker, woken[i]);
    return count;
}

/* seq_cst: after the depth was lowered or the head closed; see the file comment */
static bool is_awaited(hew_actor *target) {
    return atomic_load_explicit(&target->signals, memory_order_seq_cst) & HEW_SIGNAL_AWAITED;
}

void hew__waiters_wake(hew_worker *worker, hew_actor *target) {
    if (!is_awaited(target)) return;
    while (wake_batch(worker, target) == BATCH) {}
}

void hew__waiters_wake_at_half(hew_worker *worker, hew_actor *target) {
    if (!is_awaited(target)) return;
    uint32_t depth = hew__mailbox_depth(target);
    if (depth == 0) hew__waiters_wake(worker, target);
    else if (depth <= hew__mailbox_capacity(target) / 2) wake_batch(worker, target);
}

uint32_t hew__waiters_count(void) { return atomic_load_explicit(&listed, memory_order_relaxed); }
