/* Senders that found a mailbox full.
 *
 * A sender lists itself, then looks at the depth again; the receiver lowers the depth, then looks at
 * the count of listed senders. Both in one total order, so one of them sees the other. Those that have waited longest are
 * woken first, a few at a time, because each may fill all the room there is; an empty mailbox wakes all. */
#include "hew/link.h"
#include "hew/sched.h"

enum { STRIPES = 64, BATCH = 8 };

/* Empty whenever no runtime runs: a listed sender takes itself off before it ends. */
typedef struct stripe {
    hew_waiter *first;
    hew_waiter *last;
    _Atomic uint32_t count;
} stripe;

static stripe stripes[STRIPES];

static stripe *stripe_of(const hew_actor *target) { return &stripes[target->index % STRIPES]; }

static bool is_over(const hew_actor *target) {
    return hew__mailbox_depth(target) > (int32_t)hew__mailbox_capacity(target);
}

static void list(stripe *in, hew_waiter *waiter) {
    waiter->next = NULL;
    waiter->before = in->last;
    if (in->last) in->last->next = waiter;
    else in->first = waiter;
    in->last = waiter;
    atomic_store_explicit(&waiter->is_listed, true, memory_order_relaxed);
    atomic_fetch_add_explicit(&in->count, 1, memory_order_seq_cst);
}

static void unlist(hew_waiter *waiter) {
    stripe *in = stripe_of(waiter->target);
    if (waiter->before) waiter->before->next = waiter->next;
    else in->first = waiter->next;
    if (waiter->next) waiter->next->before = waiter->before;
    else in->last = waiter->before;
    atomic_fetch_sub_explicit(&in->count, 1, memory_order_relaxed);
    /* release: the last touch of whoever takes another's waiter off; pairs with is_held */
    atomic_store_explicit(&waiter->is_listed, false, memory_order_release);
}

static bool is_listed(hew_waiter *waiter) { return atomic_load_explicit(&waiter->is_listed, memory_order_acquire); }

bool hew__waiter_add(hew_actor *self, hew_actor *target) {
    hew_extra *extra = hew__extra(self->worker, self);
    if (!extra) return false;
    hew_waiter *waiter = &extra->waiting;
    if (waiter->target && waiter->target != target) hew__waiter_remove(self);
    stripe *in = stripe_of(target);
    hew__lock(hew__slot_lock(target));
    if (!is_listed(waiter)) {
        waiter->actor = self;
        waiter->target = target;
        list(in, waiter);
    }
    bool must_wait = atomic_load_explicit(&target->head, memory_order_seq_cst) != HEW_CLOSED && is_over(target);
    if (!must_wait) unlist(waiter);
    hew__unlock(hew__slot_lock(target));
    return must_wait;
}

void hew__waiter_remove(hew_actor *self) {
    hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_relaxed);
    if (!extra || !extra->waiting.target) return;
    hew_lock *lock = hew__slot_lock(extra->waiting.target);
    hew__lock(lock);
    if (is_listed(&extra->waiting)) unlist(&extra->waiting);
    hew__unlock(lock);
    extra->waiting.target = NULL;
}

bool hew__waiter_is_held(hew_actor *self) {
    hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_relaxed);
    if (is_listed(&extra->waiting)) return true;
    extra->waiting.target = NULL;
    atomic_fetch_and_explicit(&self->signals, ~(uint32_t)HEW_SIGNAL_HELD, memory_order_relaxed);
    return false;
}

/* Takes up to BATCH off the list, then wakes them without the lock; gives their number. A slot that has changed
 * hands meanwhile is woken for nothing. */
static uint32_t wake_batch(hew_worker *worker, hew_actor *target) {
    hew_actor *woken[BATCH];
    uint32_t count = 0;
    stripe *in = stripe_of(target);
    hew__lock(hew__slot_lock(target));
    for (hew_waiter *waiter = in->first, *next = NULL; waiter && count < BATCH; waiter = next) {
        next = waiter->next;
        if (waiter->target != target) continue;
        woken[count++] = waiter->actor;
        unlist(waiter);
    }
    hew__unlock(hew__slot_lock(target));
    for (uint32_t i = 0; i < count; i++) hew__wake(worker, woken[i]);
    return count;
}

void hew__waiters_wake(hew_worker *worker, hew_actor *target) {
    if (atomic_load_explicit(&stripe_of(target)->count, memory_order_seq_cst) == 0) return;
    while (wake_batch(worker, target) == BATCH) {}
}

void hew__waiters_wake_at_half(hew_worker *worker, hew_actor *target) {
    /* seq_cst: after the depth was lowered; see the file comment */
    if (atomic_load_explicit(&stripe_of(target)->count, memory_order_seq_cst) == 0) return;
    int32_t depth = hew__mailbox_depth(target);
    if (depth <= 0) hew__waiters_wake(worker, target);
    else if (depth <= (int32_t)(hew__mailbox_capacity(target) / 2)) wake_batch(worker, target);
}

uint32_t hew__waiters_count(void) {
    uint32_t sum = 0;
    for (int i = 0; i < STRIPES; i++) sum += atomic_load_explicit(&stripes[i].count, memory_order_relaxed);
    return sum;
}
