/* Run queues: a ring per worker that others steal from, a list per worker that nobody else touches, one shared queue, and waking.
 *
 * ring: the owner alone writes entries and `ring_tail`; the owner and thieves take from
 * `ring_head` by compare-and-swap, thieves several at a time. An entry is read before the swap that claims
 * it; a failed swap throws the reading away. Entries are FIFO.
 *
 * kept: light actors (sched.h). While another worker has nothing to do, the monitor asks for half of them, so that
 * groups that have nothing to do with each other spread; the longer it waits the more often some came back. */
#include "hew/queue.h"
#include "hew/sched.h"
#include "hew/seeded.h"

enum { RING_MASK = HEW_RING - 1 };

static void push_shared(hew_actor *first, hew_actor *last, uint32_t count) {
    hew__lock(&hew__rt.queue_lock);
    last->run_next = NULL;
    if (hew__rt.queue_last) hew__rt.queue_last->run_next = first;
    else hew__rt.queue_first = first;
    hew__rt.queue_last = last;
    /* seq_cst: before the look at idle workers; pairs with the parking worker's second look */
    atomic_fetch_add_explicit(&hew__rt.queue_length, count, memory_order_seq_cst);
    hew__unlock(&hew__rt.queue_lock);
}

/* Takes the one behind `before`, or the first. */
static hew_actor *unlink_after(hew_actor *before) {
    hew_actor *actor = before ? before->run_next : hew__rt.queue_first;
    if (!actor) return NULL;
    if (before) before->run_next = actor->run_next;
    else hew__rt.queue_first = actor->run_next;
    if (!actor->run_next) hew__rt.queue_last = before;
    atomic_fetch_sub_explicit(&hew__rt.queue_length, 1, memory_order_relaxed);
    return actor;
}

/* Any of the first few. */
static hew_actor *take_picked(void) {
    enum { MOST = 32 };
    uint32_t length = atomic_load_explicit(&hew__rt.queue_length, memory_order_relaxed);
    hew_actor *before = NULL;
    for (uint32_t skip = hew__seeded_pick(length < MOST ? length : MOST); skip > 0; skip--) before = before ? before->run_next : hew__rt.queue_first;
    return unlink_after(before);
}

hew_actor *hew__queue_take_shared(void) {
    if (atomic_load_explicit(&hew__rt.queue_length, memory_order_seq_cst) == 0) return NULL;
    hew__lock(&hew__rt.queue_lock);
    hew_actor *actor = hew__rt.is_seeded ? take_picked() : unlink_after(NULL);
    hew__unlock(&hew__rt.queue_lock);
    return actor;
}

static hew_actor *take_from_ring(hew_worker *me) {
    uint32_t tail = atomic_load_explicit(&me->ring_tail, memory_order_relaxed);
    uint32_t head = atomic_load_explicit(&me->ring_head, memory_order_acquire);
    while (head != tail) {
        hew_actor *actor = atomic_load_explicit(&me->ring[head & RING_MASK], memory_order_relaxed);
        hew__claim();
        if (atomic_compare_exchange_weak_explicit(&me->ring_head, &head, head + 1, memory_order_acq_rel, memory_order_acquire)) return actor;
    }
    return NULL;
}

/* Half of a full ring goes to the shared queue, with the newcomer behind it. */
static bool spill(hew_worker *me, uint32_t head, hew_actor *actor) {
    hew_actor *first = NULL;
    hew_actor *last = NULL;
    enum { HALF = HEW_RING / 2 };
    hew_actor *taken[HALF];
    for (uint32_t i = 0; i < HALF; i++) taken[i] = atomic_load_explicit(&me->ring[(head + i) & RING_MASK], memory_order_relaxed);
    hew__claim();
    if (!atomic_compare_exchange_strong_explicit(&me->ring_head, &head, head + HALF, memory_order_acq_rel, memory_order_acquire)) return false;
    for (uint32_t i = 0; i < HALF; i++) {
        if (last) last->run_next = taken[i];
        else first = taken[i];
        last = taken[i];
    }
    last->run_next = actor;
    push_shared(first, actor, HALF + 1);
    return true;
}

void hew__queue_push_own(hew_worker *me, hew_actor *actor) {
    for (;;) {
        uint32_t tail = atomic_load_explicit(&me->ring_tail, memory_order_relaxed);
        uint32_t head = atomic_load_explicit(&me->ring_head, memory_order_acquire);
        if (tail - head < HEW_RING) {
            atomic_store_explicit(&me->ring[tail & RING_MASK], actor, memory_order_relaxed);
            /* seq_cst: publishes the entry, and comes before the look at idle workers */
            atomic_store_explicit(&me->ring_tail, tail + 1, memory_order_seq_cst);
            return;
        }
        if (spill(me, head, actor)) return;
    }
}

static uint32_t kept_count(const hew_worker *of) {
    return atomic_load_explicit(&((hew_worker *)(uintptr_t)of)->kept_count, memory_order_relaxed); /* a guess, to all but its owner */
}

static hew_actor *take_kept(hew_worker *me) {
    hew_actor *actor = me->kept_first;
    if (!actor) return NULL;
    me->kept_first = actor->run_next;
    atomic_store_explicit(&me->kept_count, kept_count(me) - 1, memory_order_relaxed);
    return actor;
}

static void share_half(hew_worker *me) {
    atomic_store_explicit(&me->must_share, 0, memory_order_relaxed);
    for (uint32_t left = kept_count(me) / 2; left > 0; left--) hew__queue_push_own(me, take_kept(me));
    hew__wake_worker();
}

static void begin_ring_time(hew_worker *me) {
    me->kept_left = 0;
    me->ring_until = atomic_load_explicit(&me->ring_tail, memory_order_relaxed);
}

static void keep(hew_worker *me, hew_actor *actor) {
    /* relaxed, both: hints for the monitor and from it */
    if (actor->worker != me) atomic_store_explicit(&me->came_back, 1, memory_order_relaxed);
    if (atomic_load_explicit(&me->must_share, memory_order_relaxed)) share_half(me);
    actor->run_next = NULL;
    if (me->kept_first) {
        me->kept_last->run_next = actor;
    } else {
        me->kept_first = actor;
        begin_ring_time(me);
    }
    me->kept_last = actor;
    atomic_store_explicit(&me->kept_count, kept_count(me) + 1, memory_order_relaxed);
}

void hew__queue_share_kept(hew_worker *me) {
    for (hew_actor *actor = take_kept(me); actor; actor = take_kept(me)) hew__queue_push_own(me, actor);
}

/* In turns: what stands in the ring, then what is kept, each as far as it went when its time came. */
hew_actor *hew__queue_take_own(hew_worker *me) {
    if (!me->kept_first) return take_from_ring(me);
    uint32_t head = atomic_load_explicit(&me->ring_head, memory_order_relaxed); /* thieves shorten the ring's time */
    hew_actor *actor = NULL;
    if (me->kept_left == 0 && (int32_t)(me->ring_until - head) > 0) actor = take_from_ring(me);
    if (actor) return actor;
    if (me->kept_left == 0) {
        begin_ring_time(me);
        me->kept_left = kept_count(me);
    }
    me->kept_left--;
    return take_kept(me);
}

/* A lone entry is its owner's to take, who has just made it or has it warm; another worker takes it when it has
 * stood there for a while: half the time that a worker looks around before it parks. */
enum { LONE_NANOSECONDS = 10000 };

static bool is_fresh(hew_worker *victim, uint32_t head) {
    int64_t now = hew__clock();
    /* relaxed: thieves may overwrite each other's notes, which then only makes them wait again */
    if (atomic_load_explicit(&victim->lone_head, memory_order_relaxed) != head) {
        atomic_store_explicit(&victim->lone_since, now, memory_order_relaxed);
        atomic_store_explicit(&victim->lone_head, head, memory_order_relaxed);
        return true;
    }
    return now - atomic_load_explicit(&victim->lone_since, memory_order_relaxed) < LONE_NANOSECONDS;
}

hew_actor *hew__queue_steal(hew_worker *me, hew_worker *victim) {
    for (;;) {
        uint32_t head = atomic_load_explicit(&victim->ring_head, memory_order_acquire);
        uint32_t tail = atomic_load_explicit(&victim->ring_tail, memory_order_seq_cst);
        uint32_t count = tail - head;
        if (count == 0 || count > HEW_RING) return NULL;
        if (count == 1 && is_fresh(victim, head)) return NULL;
        count -= count / 2;
        hew_actor *taken[HEW_RING];
        for (uint32_t i = 0; i < count; i++) taken[i] = atomic_load_explicit(&victim->ring[(head + i) & RING_MASK], memory_order_relaxed);
        hew__claim();
        if (!atomic_compare_exchange_weak_explicit(&victim->ring_head, &head, head + count, memory_order_acq_rel, memory_order_acquire)) continue;
        for (uint32_t i = 1; i < count; i++) hew__queue_push_own(me, taken[i]);
        return taken[0];
    }
}

bool hew__queue_is_empty(const hew_worker *worker) {
    hew_worker *other = (hew_worker *)(uintptr_t)worker;
    return kept_count(other) == 0 &&
           atomic_load_explicit(&other->ring_head, memory_order_seq_cst) == atomic_load_explicit(&other->ring_tail, memory_order_seq_cst);
}

uint32_t hew__others_waiting(const hew_worker *worker) {
    hew_worker *of = (hew_worker *)(uintptr_t)worker;
    /* relaxed: a guess is enough */
    uint32_t head = atomic_load_explicit(&of->ring_head, memory_order_relaxed);
    uint32_t in_ring = atomic_load_explicit(&of->ring_tail, memory_order_relaxed) - head;
    return in_ring + kept_count(of) + (atomic_load_explicit(&of->first_in, memory_order_relaxed) != NULL) +
           atomic_load_explicit(&hew__rt.queue_length, memory_order_relaxed);
}

/* --- waking --- */

void hew__enqueue(hew_worker *worker, hew_actor *actor) {
    if (!worker || hew__rt.is_seeded) {
        push_shared(actor, actor, 1);
    } else {
        /* A lone token stays with its worker: only a second runnable actor is worth a wake-up. */
        if (!atomic_load_explicit(&worker->first_in, memory_order_relaxed)) {
            atomic_store_explicit(&worker->first_in, actor, memory_order_relaxed); /* a hint to the monitor */
            return;
        }
        hew__queue_push_own(worker, actor);
    }
    hew__wake_worker();
}

/* Messages that cross between workers cost more than small handlers do, so a used-up slice is a reason to share only
 * when it has been about as long as a wake-up takes since the last one. The monitor shares what is too much for one. */
enum { COARSE_NANOSECONDS = 50000 };

void hew__enqueue_behind(hew_worker *worker, hew_actor *actor) {
    if (hew__rt.is_seeded) {
        push_shared(actor, actor, 1);
        return;
    }
    bool has_others = hew__others_waiting(worker) > 0;
    if (has_others && actor->is_light) {
        keep(worker, actor);
        return;
    }
    hew__queue_push_own(worker, actor);
    if (!has_others) return;
    int64_t now = hew__clock();
    bool is_coarse = now - worker->slice_at > COARSE_NANOSECONDS;
    worker->slice_at = now;
    if (!is_coarse) return;
    worker->had_long_turn = true;
    hew__wake_worker();
}

enum reason { FOR_MAIL, FOR_MORE, NEAR };

static void wake(hew_worker *worker, hew_actor *actor, enum reason reason) {
    uint32_t state = atomic_load_explicit(&actor->run_state, memory_order_seq_cst);
    for (;;) {
        uint32_t next = state;
        if (state == HEW_RUN_IDLE || (state == HEW_RUN_SUSPENDED && reason != FOR_MAIL)) next = HEW_RUN_QUEUED;
        else if (state == HEW_RUN_RUNNING) next = HEW_RUN_NOTIFIED;
        else return;
        hew__claim();
        /* seq_cst: after the mail or the completion; pairs with the exchange in run_actor */
        if (!atomic_compare_exchange_weak_explicit(&actor->run_state, &state, next, memory_order_seq_cst, memory_order_seq_cst)) continue;
        if (next != HEW_RUN_QUEUED) return;
        if (reason == NEAR && worker && !hew__rt.is_seeded) keep(worker, actor);
        else hew__enqueue(worker, actor);
        return;
    }
}

void hew__wake(hew_worker *worker, hew_actor *actor) { wake(worker, actor, FOR_MORE); }
void hew__wake_near(hew_worker *worker, hew_actor *actor) { wake(worker, actor, NEAR); }
void hew__wake_for_mail(hew_worker *worker, hew_actor *actor) { wake(worker, actor, FOR_MAIL); }
