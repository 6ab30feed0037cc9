/* Threads, and how an activation that takes long gives its worker to another one.
 *
 * Handing over, at a safepoint: a spare thread gets the worker, the actor goes behind the others in a run queue, and
 * its thread waits. Whoever takes the actor from the queue gives its own worker to that thread and becomes spare. Foreign
 * code cannot do that; the monitor takes the worker away from it, and coming back the actor queues for one. */
#include <stdlib.h>
#include <string.h>

#include "hew/queue.h"
#include "hew/sched.h"

/* Threads beyond the workers that may hold a handed-over activation; past them nobody is preempted. */
enum { SPARE_THREADS = 64 };

static void *thread_body(void *argument) {
    hew_thread *me = argument;
    hew__own_set(me);
    me->stack_top = (uintptr_t)__builtin_frame_address(0);
    me->stack_limit = hew__stack_limit();
    hew__faults_watch_thread(me->fault_stack);
    do hew__signal_wait(&me->wake);
    while (me->worker && hew__work(me));
    return NULL;
}

/* A new thread, waiting for a worker; null when the system refuses. Under idle_lock, or before workers run. */
static hew_thread *thread_new(void) {
    hew_thread *thread = calloc(1, sizeof *thread);
    if (!thread) return NULL;
    hew__list_init(&thread->dying);
    hew__signal_init(&thread->wake);
    if (!hew__thread_start(&thread->id, thread_body, thread)) {
        hew__signal_deinit(&thread->wake);
        free(thread);
        return NULL;
    }
    thread->next = hew__rt.threads;
    hew__rt.threads = thread;
    hew__rt.thread_count++;
    return thread;
}

static void give(hew_thread *thread, hew_worker *worker) {
    worker->thread = thread;
    thread->worker = worker;
    hew__signal_set(&thread->wake);
}

/* --- handing over --- */

static hew_thread *take_spare(void) {
    hew__lock(&hew__rt.idle_lock);
    hew_thread *thread = hew__rt.spare_threads;
    if (thread) hew__rt.spare_threads = thread->next_spare;
    else if (hew__rt.thread_count < hew__rt.worker_count + SPARE_THREADS) thread = thread_new();
    hew__unlock(&hew__rt.idle_lock);
    return thread;
}

/* The actor is QUEUED or about to be found; waits until a worker is given to this thread. */
static void wait_for_worker(hew_actor *self, hew_extra *extra, hew_thread *me) {
    hew__signal_wait(&me->wake);
    extra->stalled = NULL;
    hew__claim();
    atomic_exchange_explicit(&self->run_state, HEW_RUN_RUNNING, memory_order_seq_cst);
    self->worker = me->worker;
    atomic_store_explicit(&me->worker->running, self, memory_order_release);
}

void hew__hand_over(hew_actor *self) {
    hew_worker *worker = self->worker;
    hew_thread *me = worker->thread;
    hew_extra *extra = hew__extra(worker, self);
    hew_thread *other = extra ? take_spare() : NULL;
    if (!other) return;
    extra->stalled = me;
    me->worker = NULL;
    worker->had_long_turn = true;
    self->is_light = false;
    atomic_store_explicit(&worker->running, NULL, memory_order_relaxed);
    atomic_store_explicit(&self->run_state, HEW_RUN_QUEUED, memory_order_seq_cst);
    hew__enqueue_behind(worker, self);
    give(other, worker);
    wait_for_worker(self, extra, me);
}

static void put_spare(hew_thread *thread) {
    hew__lock(&hew__rt.idle_lock);
    thread->next_spare = hew__rt.spare_threads;
    hew__rt.spare_threads = thread;
    hew__unlock(&hew__rt.idle_lock);
}

void hew__give_back(hew_worker *worker, hew_actor *actor) {
    hew_thread *me = worker->thread;
    hew_thread *owner = atomic_load_explicit(&actor->extra, memory_order_acquire)->stalled;
    me->worker = NULL;
    put_spare(me);
    give(owner, worker);
}

/* --- foreign code --- */

void hew_blocking_begin(hew_actor *self) {
    hew_extra *extra = hew__extra(self->worker, self);
    if (!extra) return;
    extra->foreign = self->worker->thread;
    /* release: the monitor that takes the worker finds everything as it is here */
    atomic_store_explicit(&extra->foreign->foreign, HEW_FOREIGN_INSIDE, memory_order_release);
}

void hew_blocking_end(hew_actor *self) {
    hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_relaxed);
    hew_thread *me = extra ? extra->foreign : NULL;
    if (!me) return;
    extra->foreign = NULL;
    uint32_t inside = HEW_FOREIGN_INSIDE;
    hew__claim();
    /* acquire: when the worker was taken, the taking is complete */
    if (atomic_compare_exchange_strong_explicit(&me->foreign, &inside, HEW_FOREIGN_NONE, memory_order_acq_rel, memory_order_acquire)) return;
    hew__signal_wait(&me->wake); /* for the monitor to have done */
    atomic_store_explicit(&me->foreign, HEW_FOREIGN_NONE, memory_order_relaxed);
    extra->stalled = me;
    atomic_store_explicit(&self->run_state, HEW_RUN_QUEUED, memory_order_seq_cst);
    hew__enqueue(NULL, self);
    atomic_fetch_sub_explicit(&hew__rt.foreign_calls, 1, memory_order_seq_cst);
    wait_for_worker(self, extra, me);
}

/* By the monitor: the worker of a thread in foreign code goes to another thread. */
static void take_from_foreign(hew_thread *thread) {
    hew_thread *other = take_spare();
    uint32_t inside = HEW_FOREIGN_INSIDE;
    if (!other) return;
    hew__claim();
    if (!atomic_compare_exchange_strong_explicit(&thread->foreign, &inside, HEW_FOREIGN_TAKEN, memory_order_acq_rel, memory_order_relaxed)) {
        put_spare(other);
        return;
    }
    /* The thread cannot come back past this: its worker is ours now. */
    hew_worker *worker = thread->worker;
    thread->worker = NULL;
    atomic_fetch_add_explicit(&hew__rt.foreign_calls, 1, memory_order_seq_cst);
    atomic_store_explicit(&worker->running, NULL, memory_order_relaxed);
    give(other, worker);
    hew__signal_set(&thread->wake);
}

/* --- the monitor --- */

void hew__make_room(hew_actor *self) {
    hew_worker *worker = self->worker;
    hew_actor *next = atomic_load_explicit(&worker->first_in, memory_order_relaxed);
    hew__queue_share_kept(worker);
    if (next) {
        atomic_store_explicit(&worker->first_in, NULL, memory_order_relaxed);
        hew__queue_push_own(worker, next);
    }
    if (atomic_load_explicit(&hew__rt.idle_count, memory_order_seq_cst) > 0) {
        hew__wake_worker(); /* it will steal */
        return;
    }
    bool has_waiting = !hew__queue_is_empty(worker) || atomic_load_explicit(&hew__rt.queue_length, memory_order_relaxed) > 0;
    if (has_waiting) hew__hand_over(self);
}

/* In looks of the monitor: about a quarter of a second. */
enum { LONGEST_PAUSE = 128 };

/* There is more to do here than for one. */
static void share(hew_worker *worker) {
    if (atomic_load_explicit(&hew__rt.idle_count, memory_order_relaxed) == 0) return;
    /* relaxed: hints */
    if (atomic_load_explicit(&worker->kept_count, memory_order_relaxed) > 1 && worker->share_in-- == 0) {
        bool was_in_vain = atomic_exchange_explicit(&worker->came_back, 0, memory_order_relaxed);
        worker->share_pause = !was_in_vain ? 1 : worker->share_pause < LONGEST_PAUSE ? worker->share_pause * 2 : LONGEST_PAUSE;
        worker->share_in = worker->share_pause;
        atomic_store_explicit(&worker->must_share, 1, memory_order_relaxed);
    }
    hew__wake_worker(); /* it may steal */
}

int64_t hew__monitor(void) {
    static const int64_t interval = 2000000;
    if (hew__rt.is_seeded) return -1; /* its turns end by the seed, not by the clock */
    for (uint32_t i = 0; i < hew__rt.worker_count; i++) {
        hew_worker *worker = &hew__rt.workers[i];
        uint32_t turns = atomic_load_explicit(&worker->turns, memory_order_relaxed);
        hew_actor *actor = atomic_load_explicit(&worker->running, memory_order_acquire); /* pairs with run_actor */
        bool has_moved = turns != worker->turns_seen;
        worker->turns_seen = turns;
        if (has_moved && hew__others_waiting(worker) > 1) share(worker);
        if (has_moved || !actor || hew__others_waiting(worker) == 0) continue;
        hew_thread *thread = worker->thread;
        if (atomic_load_explicit(&thread->foreign, memory_order_relaxed) == HEW_FOREIGN_INSIDE) {
            take_from_foreign(thread);
            continue;
        }
        /* The slot may have changed hands since: then its new tenant merely looks up once. */
        atomic_fetch_or_explicit(&actor->signals, HEW_SIGNAL_CROWDED, memory_order_seq_cst);
        atomic_store_explicit(&actor->stack_guard, UINTPTR_MAX, memory_order_seq_cst);
    }
    atomic_store_explicit(&hew__rt.monitor_sleeps, 1, memory_order_seq_cst);
    if (hew__all_parked()) return -1;
    atomic_store_explicit(&hew__rt.monitor_sleeps, 0, memory_order_seq_cst);
    return interval;
}

/* --- all of them --- */

static void worker_init(hew_worker *worker, uint32_t index) {
    memset(worker, 0, sizeof *worker);
    worker->index = index;
    worker->random = hew__rt.hash_key + index;
    worker->random_numbers = hew__rt.hash_key ^ (uint64_t)index << 56;
    hew__signal_init(&worker->wake);
}

bool hew__workers_start(uint32_t count) {
    hew__rt.workers = aligned_alloc(64, count * sizeof(hew_worker));
    if (!hew__rt.workers || !hew__own_open()) return false;
    for (uint32_t i = 0; i < count; i++) worker_init(&hew__rt.workers[i], i);
    uint32_t threads = 0;
    while (threads < count && thread_new()) threads++;
    /* Fewer will do, none will not. */
    for (uint32_t i = threads; i < count; i++) hew__signal_deinit(&hew__rt.workers[i].wake);
    hew__rt.worker_count = threads;
    uint32_t index = 0;
    for (hew_thread *thread = hew__rt.threads; thread; thread = thread->next) give(thread, &hew__rt.workers[index++]);
    return threads > 0;
}

void hew__workers_join(void) {
    hew__lock(&hew__rt.idle_lock);
    hew__rt.workers_must_end = true;
    hew__unlock(&hew__rt.idle_lock);
    for (uint32_t i = 0; i < hew__rt.worker_count; i++) hew__signal_set(&hew__rt.workers[i].wake);
    for (hew_thread *thread = hew__rt.threads; thread; thread = thread->next) hew__signal_set(&thread->wake);
    while (hew__rt.threads) {
        hew_thread *thread = hew__rt.threads;
        hew__rt.threads = thread->next;
        hew__thread_join(thread->id);
        hew__signal_deinit(&thread->wake);
        free(thread);
    }
    hew__own_close();
    for (uint32_t i = 0; i < hew__rt.worker_count; i++) hew__signal_deinit(&hew__rt.workers[i].wake);
}
