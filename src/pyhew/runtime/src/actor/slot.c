/* The table of actors: slots in chunks that keep their place until exit.
 *
 * An index is (chunk, position). A chunk's slots have one size, which is a size class of the
 * state; free slots of a class form a list. A pid's generation decides whether the slot still holds the
 * actor that was meant, so a stale pid costs one comparison and finds readable memory. */
#include <stdlib.h>
#include <string.h>

#include "hew/sched.h"
#include "hew/slots.h"

enum { CHUNK_SLOTS = 1 << HEW_SLOT_BITS, CHUNKS = 1 << 18, LOCKS = 64 };
/* Sizes of slots grow by a third or a half beyond this. */
enum { SMALLEST_SLOT = 192, CLASSES = HEW_SLOT_CLASSES };

typedef struct slot_table {
    hew_lock lock;
    hew_lock slot_locks[LOCKS];
    hew_actor *free_slots[CLASSES];
    _Atomic int64_t bytes; /* of all chunks */
} slot_table;

static slot_table table;
hew_slot_chunks hew__slots;

bool hew__slots_start(void) {
    hew__slots.chunks = hew__pages_map(CHUNKS * sizeof(hew_slot_chunk));
    if (!hew__slots.chunks) return false;
    hew__slots.count = 0;
    memset(table.free_slots, 0, sizeof table.free_slots);
    table.bytes = 0;
    hew__lock_init(&table.lock);
    for (int i = 0; i < LOCKS; i++) hew__lock_init(&table.slot_locks[i]);
    return true;
}

void hew__slots_finish(void) {
    if (!hew__slots.chunks) return;
    for (uint32_t i = 0; i < hew__slots.count; i++) free(hew__slots.chunks[i].slots);
    for (int i = 0; i < LOCKS; i++) hew__lock_deinit(&table.slot_locks[i]);
    hew__lock_deinit(&table.lock);
    hew__pages_unmap(hew__slots.chunks, CHUNKS * sizeof(hew_slot_chunk));
    hew__slots.chunks = NULL;
}

int64_t hew__slots_bytes(void) { return atomic_load_explicit(&table.bytes, memory_order_relaxed); }

hew_lock *hew__slot_lock(const hew_actor *actor) { return &table.slot_locks[actor->index % LOCKS]; }

static int class_of(uint32_t state_size, size_t *slot_size) {
    size_t needed = HEW_STATE_OFFSET + (size_t)state_size;
    size_t size = SMALLEST_SLOT;
    int class = 0;
    while (size < needed) { /* 192, 256, 384, 512, 768 ... */
        size = class % 2 == 0 ? size / 3 * 4 : size / 2 * 3;
        class++;
    }
    *slot_size = size;
    return class < CLASSES ? class : -1;
}

/* Under the table's lock. Small programs stay small: the first chunks hold few slots. */
static bool add_chunk(int class, size_t slot_size) {
    uint32_t index = hew__slots.count;
    if (index == CHUNKS) return false;
    uint32_t count = index < 4 ? 8 : slot_size > 65536 ? 1 : CHUNK_SLOTS;
    char *slots = hew__may_allocate() ? aligned_alloc(64, count * slot_size) : NULL;
    if (!slots) return false;
    memset(slots, 0, count * slot_size);
    atomic_fetch_add_explicit(&table.bytes, (int64_t)(count * slot_size), memory_order_relaxed);
    hew__slots.chunks[index] = (hew_slot_chunk){.slots = slots, .slot_size = (uint32_t)slot_size, .count = count};
    for (uint32_t i = count; i-- > 0;) {
        hew_actor *actor = (hew_actor *)(void *)(slots + i * slot_size);
        actor->index = index << HEW_SLOT_BITS | i;
        atomic_store_explicit(&actor->head, HEW_CLOSED, memory_order_relaxed);
        atomic_store_explicit(&actor->generation, 1, memory_order_relaxed);
        actor->run_next = table.free_slots[class];
        table.free_slots[class] = actor;
    }
    /* release: pairs with the acquire in slot_find, which then reads the chunk */
    atomic_store_explicit(&hew__slots.count, index + 1, memory_order_release);
    return true;
}

/* A worker keeps some free slots of its own, taken and given back in lots. */
enum { LOT = 32 };

static hew_actor *take_free(hew_worker *worker, int class, size_t slot_size) {
    if (worker && worker->free_slots[class]) {
        hew_actor *actor = worker->free_slots[class];
        worker->free_slots[class] = actor->run_next;
        worker->free_slot_counts[class]--;
        return actor;
    }
    hew_actor *actor = NULL;
    hew__lock(&table.lock);
    if (table.free_slots[class] || add_chunk(class, slot_size)) {
        actor = table.free_slots[class];
        table.free_slots[class] = actor->run_next;
    }
    for (int i = 0; worker && i < LOT && table.free_slots[class]; i++) {
        hew_actor *more = table.free_slots[class];
        table.free_slots[class] = more->run_next;
        more->run_next = worker->free_slots[class];
        worker->free_slots[class] = more;
        worker->free_slot_counts[class]++;
    }
    hew__unlock(&table.lock);
    return actor;
}

static void put_free(hew_worker *worker, int class, hew_actor *actor) {
    actor->run_next = worker->free_slots[class];
    worker->free_slots[class] = actor;
    if (++worker->free_slot_counts[class] <= 2 * LOT) return;
    hew__lock(&table.lock);
    for (int i = 0; i < LOT; i++) {
        hew_actor *spare = worker->free_slots[class];
        worker->free_slots[class] = spare->run_next;
        spare->run_next = table.free_slots[class];
        table.free_slots[class] = spare;
        worker->free_slot_counts[class]--;
    }
    hew__unlock(&table.lock);
}

hew_actor *hew__slot_take(hew_worker *worker, const hew_actor_type *type) {
    size_t slot_size = 0;
    int class = class_of(type->state_size, &slot_size);
    hew_actor *actor = class < 0 ? NULL : take_free(worker, class, slot_size);
    if (!actor) return NULL;
    hew__list_init(&actor->heap);
    actor->worker = worker;
    actor->type = type;
    actor->run_next = NULL;
    atomic_store_explicit(&actor->run_state, HEW_RUN_RUNNING, memory_order_relaxed);
    atomic_store_explicit(&actor->signals, 0, memory_order_relaxed);
    atomic_store_explicit(&actor->pending, 0, memory_order_relaxed);
    atomic_store_explicit(&actor->strong_handles, 0, memory_order_relaxed);
    actor->phase = HEW_PHASE_STARTING;
    actor->turn = 0;
    actor->trap_code = 0;
    actor->handler = 0;
    actor->is_held = false;
    actor->is_light = false;
    actor->inbox_count = 0;
    memset(hew__state(actor), 0, type->state_size);
    /* release: a sender that finds the head open finds the slot set up */
    atomic_store_explicit(&actor->head, 0, memory_order_release);
    hew__count(&hew__counters(worker)->live_actors, 1);
    hew__count(&hew__counters(worker)->slot_bytes, (int64_t)slot_size);
    hew__profile_born(worker, actor);
    return actor;
}

void hew__slot_return(hew_worker *worker, hew_actor *actor) {
    size_t slot_size = 0;
    int class = class_of(actor->type->state_size, &slot_size);
    hew__profile_gone(actor);
    hew__count(&hew__counters(worker)->live_actors, -1);
    hew__count(&hew__counters(worker)->slot_bytes, -(int64_t)slot_size);
    hew__lock(hew__slot_lock(actor)); /* whoever signals by pid checks the generation under this lock */
    uint32_t generation = atomic_load_explicit(&actor->generation, memory_order_relaxed) + 1;
    atomic_store_explicit(&actor->generation, generation ? generation : 1, memory_order_release);
    atomic_store_explicit(&actor->run_state, HEW_RUN_FREE, memory_order_release);
    hew__unlock(hew__slot_lock(actor));
    if (worker) put_free(worker, class, actor);
}

hew_actor *hew__slot_of(uint64_t pid) { return hew__slot_find(pid); }

void hew__slots_each(void (*visit)(hew_actor *actor, void *context), void *context) {
    uint32_t count = atomic_load_explicit(&hew__slots.count, memory_order_acquire);
    for (uint32_t i = count; i-- > 0;) {
        const hew_slot_chunk *at = &hew__slots.chunks[i];
        for (uint32_t k = at->count; k-- > 0;) {
            hew_actor *actor = (hew_actor *)(void *)(at->slots + (size_t)k * at->slot_size);
            if (atomic_load_explicit(&actor->run_state, memory_order_acquire) != HEW_RUN_FREE) visit(actor, context);
        }
    }
}
