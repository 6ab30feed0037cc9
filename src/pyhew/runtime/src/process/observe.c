/* What a program may learn of its own runtime: figures, and a row for each actor.
 *
 * Nothing is kept for it but what the runtime counts anyway. To look into an actor that waits, the observer takes its run token for
 * a moment, as a worker would, and gives it back; what happens meanwhile finds it running and queues it. An actor that runs
 * or stands in a queue is not looked into. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hew/data.h"
#include "hew/io.h"
#include "hew/link.h"
#include "hew/sched.h"
#include "hew/sup.h"

typedef struct state_count {
    uint32_t state;
    int64_t count;
} state_count;

static void count_state(hew_actor *actor, void *context) {
    state_count *at = context;
    if (atomic_load_explicit(&actor->run_state, memory_order_relaxed) == at->state) at->count++;
}

/* How many actors are in a state: a moment's picture, as every figure is. */
static int64_t actors_in(uint32_t state) {
    state_count at = {.state = state};
    hew__slots_each(count_state, &at);
    return at.count;
}

/* Blocks and messages that were made and are no more. */
static int64_t given_back(void) {
    hew_counters all = hew__all_counters();
    return all.allocations - all.live[HEW_FOR_BLOCK] - all.live[HEW_FOR_MESSAGE];
}

int64_t hew_figure(int32_t figure) {
    switch (figure) {
    case HEW_FIGURE_LIVE_BYTES: return hew__live_bytes();
    case HEW_FIGURE_LIVE_BLOCKS: return hew_live_blocks();
    case HEW_FIGURE_WORKERS: return hew__rt.worker_count;
    case HEW_FIGURE_QUEUE_DEPTH: return atomic_load_explicit(&hew__rt.queue_length, memory_order_relaxed);
    case HEW_FIGURE_ACTORS: return hew__live_actors();
    case HEW_FIGURE_CRASHES: return atomic_load_explicit(&hew__rt.crashes, memory_order_relaxed);
    case HEW_FIGURE_RESTARTS: return atomic_load_explicit(&hew__rt.restarts, memory_order_relaxed);
    case HEW_FIGURE_STEALS: {
        int64_t steals = 0;
        for (uint32_t i = 0; i < hew__rt.worker_count; i++) steals += atomic_load_explicit(&hew__rt.workers[i].steals, memory_order_relaxed);
        return steals;
    }
    case HEW_FIGURE_PARKS: return atomic_load_explicit(&hew__rt.parks, memory_order_relaxed);
    case HEW_FIGURE_UNPARKS: return atomic_load_explicit(&hew__rt.unparks, memory_order_relaxed);
    case HEW_FIGURE_RUNNABLE: return actors_in(HEW_RUN_QUEUED);
    case HEW_FIGURE_SUSPENDED: return actors_in(HEW_RUN_SUSPENDED);
    case HEW_FIGURE_BLOCKING: return atomic_load_explicit(&hew__rt.foreign_calls, memory_order_relaxed);
    case HEW_FIGURE_REGISTRATIONS: return hew__reactor_armed();
    case HEW_FIGURE_READY_EVENTS: return hew__reactor_events();
    case HEW_FIGURE_TURNS: {
        int64_t turns = 0;
        for (uint32_t i = 0; i < hew__rt.worker_count; i++) turns += atomic_load_explicit(&hew__rt.workers[i].turns, memory_order_relaxed);
        return turns;
    }
    case HEW_FIGURE_ALLOCATIONS: return hew__all_counters().allocations;
    case HEW_FIGURE_FREES: return given_back();
    case HEW_FIGURE_SUSPENDS: return hew__all_counters().suspends;
    case HEW_FIGURE_RESUMES: return hew__all_counters().resumes;
    default: return -1;
    }
}

/* --- one row per actor --- */

typedef struct look {
    hew_actor *self;
    char *text; /* lines, grown with realloc */
    size_t length;
    size_t room;
    bool has_failed;
} look;

/* What only the token's holder may read; -1 for an actor that is not waiting. */
typedef struct inside {
    int64_t bytes;
    int64_t blocks;
    int64_t restarts;
    int64_t handled; /* messages that `pending` still counts */
    uint64_t parent;
    const char *name;
} inside;

static const char *const state_names[] = {"free", "idle", "waiting", "queued", "running", "running"};

static void look_inside(hew_actor *actor, inside *found) {
    found->bytes = found->blocks = 0;
    for (hew_block *block = actor->heap.next; block != hew__list_end(&actor->heap); block = block->next) {
        found->bytes += (int64_t)hew__usable_size(block);
        found->blocks++;
    }
    const hew_extra *extra = atomic_load_explicit(&actor->extra, memory_order_acquire);
    found->restarts = extra ? extra->restarts : 0;
    found->parent = extra ? extra->parent : 0;
    found->handled = (int64_t)atomic_load_explicit(&actor->pending, memory_order_relaxed) - actor->inbox_count;
    if (actor->type->flags & HEW_ACTOR_IS_NATIVE) found->name = hew__supervisor_of(actor)->spec->name;
}

/* The state in which the actor was found. */
static uint32_t visit_inside(look *at, hew_actor *actor, inside *found) {
    *found = (inside){.bytes = -1, .blocks = -1, .restarts = -1, .name = actor->type->name};
    uint32_t state = atomic_load_explicit(&actor->run_state, memory_order_acquire);
    if (actor == at->self) look_inside(actor, found);
    if (state != HEW_RUN_IDLE && state != HEW_RUN_SUSPENDED) return state;
    /* seq_cst: takes the token as run_actor does, and gives it back as it does */
    if (!atomic_compare_exchange_strong_explicit(&actor->run_state, &state, HEW_RUN_RUNNING, memory_order_seq_cst, memory_order_relaxed)) return state;
    look_inside(actor, found);
    uint32_t running = HEW_RUN_RUNNING;
    if (!atomic_compare_exchange_strong_explicit(&actor->run_state, &running, state, memory_order_seq_cst, memory_order_relaxed)) {
        atomic_store_explicit(&actor->run_state, HEW_RUN_QUEUED, memory_order_seq_cst);
        hew__enqueue(at->self->worker, actor);
    }
    return state;
}

static void add_row(hew_actor *actor, void *context) {
    enum { LONGEST = 512 };
    look *at = context;
    char row[LONGEST];
    inside found;
    uint64_t pid = hew__pid(actor);
    uint32_t state = visit_inside(at, actor, &found);
    int64_t depth = (int64_t)hew__mailbox_depth(actor) - found.handled;
    if (state == HEW_RUN_FREE) return;
    int length = snprintf(row, sizeof row, "%llu\t%s\t%s\t%lld\t%lld\t%lld\t%lld\t%llu\n", (unsigned long long)pid, found.name,
                          state_names[state], (long long)(depth < 0 ? 0 : depth), (long long)found.bytes, (long long)found.blocks,
                          (long long)found.restarts, (unsigned long long)found.parent);
    if (length < 0 || length >= LONGEST || at->has_failed) return;
    if (at->length + (size_t)length > at->room) {
        size_t room = 2 * at->room + LONGEST;
        char *text = hew__may_allocate() ? realloc(at->text, room) : NULL;
        at->has_failed = text == NULL;
        if (at->has_failed) return;
        at->text = text;
        at->room = room;
    }
    memcpy(at->text + at->length, row, (size_t)length);
    at->length += (size_t)length;
}

hew_block *hew_actor_rows(hew_actor *self) {
    look at = {.self = self};
    hew__slots_each(add_row, &at);
    hew_block *text = at.has_failed ? NULL : hew__string_try(self, at.text ? at.text : "", (int64_t)at.length);
    free(at.text);
    if (!text && (at.has_failed || at.length > 0)) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    return text;
}
