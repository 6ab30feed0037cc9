/* The timers of all actors: a binary heap of nodes under one lock.
 *
 * A node is embedded in its owner, so adding may only grow the heap's array and cancelling never
 * fails. A fired node has left the heap; a periodic one is put back before its actor is told. */
#include <stdlib.h>
#include <string.h>

#include "hew/sched.h"
#include "hew/seeded.h"
#include "hew/timer.h"

typedef struct timers {
    hew_lock lock;
    hew_timer_node **heap;
    uint32_t count;
    uint32_t capacity;
    uint32_t active;
    bool no_periodic;
} timers;

static timers all;

bool hew__timers_start(void) {
    memset(&all, 0, sizeof all);
    hew__lock_init(&all.lock);
    return true;
}

void hew__timers_finish(void) {
    if (all.count != 0) hew__fatal("%u timers are left", all.count);
    free(all.heap);
    all.heap = NULL;
    hew__lock_deinit(&all.lock);
}

static void put(uint32_t place, hew_timer_node *node) {
    all.heap[place] = node;
    node->place = place + 1;
}

static void sift_up(uint32_t place) {
    hew_timer_node *node = all.heap[place];
    while (place > 0 && all.heap[(place - 1) / 2]->deadline > node->deadline) {
        put(place, all.heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(place, node);
}

static void sift_down(uint32_t place) {
    hew_timer_node *node = all.heap[place];
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child >= all.count) break;
        if (child + 1 < all.count && all.heap[child + 1]->deadline < all.heap[child]->deadline) child++;
        if (all.heap[child]->deadline >= node->deadline) break;
        put(place, all.heap[child]);
        place = child;
    }
    put(place, node);
}

static void insert(hew_timer_node *node) {
    put(all.count++, node);
    if (!node->is_passive) all.active++;
    sift_up(all.count - 1);
}

static void take_out(hew_timer_node *node) {
    uint32_t place = node->place - 1;
    hew__must_hold(&all.lock);
    node->place = 0;
    if (!node->is_passive) all.active--;
    hew_timer_node *last = all.heap[--all.count];
    if (last == node) return;
    put(place, last);
    sift_up(place);
    sift_down(last->place - 1);
}

bool hew__timer_add(hew_timer_node *node) {
    hew__lock(&all.lock);
    if (all.count == all.capacity) {
        uint32_t capacity = all.capacity ? 2 * all.capacity : 64;
        hew_timer_node **heap = hew__may_allocate() ? realloc(all.heap, capacity * sizeof *heap) : NULL;
        if (!heap) {
            hew__unlock(&all.lock);
            return false;
        }
        all.heap = heap;
        all.capacity = capacity;
    }
    if (node->period == 0 || !all.no_periodic) insert(node);
    bool is_first = node->place == 1;
    hew__unlock(&all.lock);
    if (is_first) hew__poke_main();
    return true;
}

void hew__timer_cancel(hew_timer_node *node) {
    hew__lock(&all.lock);
    if (node->place) take_out(node);
    hew__unlock(&all.lock);
}

static void fire(hew_timer_node *node, int64_t now) {
    take_out(node);
    if (node->period > 0) {
        node->deadline += node->period;
        if (node->deadline <= now) node->deadline = now + node->period; /* ticks that were missed are not made up for */
        insert(node);
    }
    /* release: pairs with the acquire in timer_poll */
    atomic_store_explicit(&node->has_fired, 1, memory_order_release);
    /* Under the lock: the owner cannot cancel and free the node before it was told. */
    if (node->signal) hew__actor_signal(NULL, node->actor, node->signal);
    else hew__wake(NULL, node->actor);
}

/* One timer, and only while nothing runs: it moves the clock. */
static int64_t run_seeded(void) {
    if (!hew__is_quiescent()) return -1;
    int64_t wait = -1;
    hew__lock(&all.lock);
    if (all.count > 0) {
        hew_timer_node *node = all.heap[0];
        hew__now_advance(node->deadline);
        hew__seeded_note(2, (uint64_t)node->deadline);
        fire(node, hew__now());
        wait = 0;
    }
    hew__unlock(&all.lock);
    return wait;
}

int64_t hew__timers_run(void) {
    if (hew__rt.is_seeded) return run_seeded();
    int64_t wait = -1;
    hew__lock(&all.lock);
    if (all.count > 0) {
        int64_t now = hew__clock();
        while (all.count > 0 && all.heap[0]->deadline <= now) fire(all.heap[0], now);
        if (all.count > 0) wait = all.heap[0]->deadline - now;
    }
    hew__unlock(&all.lock);
    return wait;
}

bool hew__timers_pending(void) {
    hew__lock(&all.lock);
    bool is_any = all.count > 0;
    hew__unlock(&all.lock);
    return is_any;
}

uint32_t hew__timers_active(void) {
    hew__lock(&all.lock);
    uint32_t active = all.active;
    hew__unlock(&all.lock);
    return active;
}

void hew__timers_cancel_periodic(void) {
    hew__lock(&all.lock);
    all.no_periodic = true;
    for (uint32_t i = 0; i < all.count;) {
        if (all.heap[i]->period > 0) {
            take_out(all.heap[i]);
            i = 0; /* others have moved */
        } else {
            i++;
        }
    }
    hew__unlock(&all.lock);
}

/* --- the handle of one waiting actor --- */

typedef struct timer_block {
    hew_block block;
    hew_timer_node node;
} timer_block;

hew_block *hew_timer_until(hew_actor *self, int64_t instant) {
    timer_block *timer = (timer_block *)(void *)hew_block_new(self, HEW_TYPE_TIMER, sizeof(timer_block) - sizeof(hew_block));
    timer->node.deadline = instant;
    timer->node.actor = self;
    hew__count(&self->worker->counters.live_timers, 1);
    if (instant <= hew__now()) atomic_store_explicit(&timer->node.has_fired, 1, memory_order_relaxed);
    else if (!hew__timer_add(&timer->node)) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    return &timer->block;
}

hew_block *hew_timer_start(hew_actor *self, int64_t nanoseconds) {
    int64_t now = hew__now();
    int64_t instant = 0;
    if (__builtin_add_overflow(now, nanoseconds, &instant)) instant = INT64_MAX;
    return hew_timer_until(self, instant);
}

int32_t hew_timer_poll(hew_actor *self, hew_block *block) {
    (void)self;
    return (int32_t)atomic_load_explicit(&((timer_block *)(void *)block)->node.has_fired, memory_order_acquire);
}

void hew__timer_block_close(hew_actor *self, hew_block *block) {
    hew__timer_cancel(&((timer_block *)(void *)block)->node);
    hew__count(&self->worker->counters.live_timers, -1);
    hew__block_free(self, block);
}
