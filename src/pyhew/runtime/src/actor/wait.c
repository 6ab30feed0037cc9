/* Senders that found a mailbox full.
 *
 * A sender lists itself, then looks at the depth again; the receiver lowers the depth, then looks at
 * the count of listed senders. Both in one total order, so one of them sees the other. */
#include "hew/link.h"
#include "hew/sched.h"

enum { STRIPES = 64 };

/* Zero whenever no runtime runs: a listed sender takes itself off before it ends. */
static hew_waiter *lists[STRIPES];
static _Atomic uint32_t counts[STRIPES];

static uint32_t stripe_of(const hew_actor *target) { return target->index % STRIPES; }

static void unlist(hew_waiter *waiter) {
    uint32_t stripe = stripe_of(waiter->target);
    hew_waiter **link = &lists[stripe];
    while (*link != waiter) link = &(*link)->next;
    *link = waiter->next;
    waiter->is_listed = false;
    atomic_fetch_sub_explicit(&counts[stripe], 1, memory_order_relaxed);
}

bool hew__waiter_add(hew_actor *self, hew_actor *target) {
    hew_extra *extra = hew__extra(self->worker, self);
    if (!extra) return false;
    hew_waiter *waiter = &extra->waiting;
    if (waiter->target && waiter->target != target) hew__waiter_remove(self);
    uint32_t stripe = stripe_of(target);
    hew__lock(hew__slot_lock(target));
    if (!waiter->is_listed) {
        *waiter = (hew_waiter){.next = lists[stripe], .actor = self, .target = target, .is_listed = true};
        lists[stripe] = waiter;
        atomic_fetch_add_explicit(&counts[stripe], 1, memory_order_seq_cst);
    }
    bool must_wait = atomic_load_explicit(&target->head, memory_order_seq_cst) != HEW_CLOSED &&
                     atomic_load_explicit(&target->depth, memory_order_seq_cst) >= hew__mailbox_capacity(target);
    if (!must_wait) unlist(waiter);
    hew__unlock(hew__slot_lock(target));
    return must_wait;
}

void hew__waiter_remove(hew_actor *self) {
    hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_relaxed);
    if (!extra || !extra->waiting.target) return;
    hew_lock *lock = hew__slot_lock(extra->waiting.target);
    hew__lock(lock);
    if (extra->waiting.is_listed) unlist(&extra->waiting);
    hew__unlock(lock);
    extra->waiting.target = NULL;
}

void hew__waiters_wake(hew_worker *worker, hew_actor *target) {
    uint32_t stripe = stripe_of(target);
    if (atomic_load_explicit(&counts[stripe], memory_order_seq_cst) == 0) return;
    hew__lock(hew__slot_lock(target));
    for (hew_waiter *waiter = lists[stripe], *next = NULL; waiter; waiter = next) {
        next = waiter->next;
        if (waiter->target != target) continue;
        hew_actor *actor = waiter->actor;
        unlist(waiter);
        hew__wake(worker, actor);
    }
    hew__unlock(hew__slot_lock(target));
}

void hew__waiters_wake_at_half(hew_worker *worker, hew_actor *target) {
    /* seq_cst: after the depth was lowered; see the file comment */
    if (atomic_load_explicit(&counts[stripe_of(target)], memory_order_seq_cst) == 0) return;
    uint32_t depth = atomic_load_explicit(&target->depth, memory_order_relaxed);
    if (depth <= hew__mailbox_capacity(target) / 2) hew__waiters_wake(worker, target);
}
