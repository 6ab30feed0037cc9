/* Release mode: blocks up to 512 bytes from size classes, larger ones and the runtime's own from `malloc`.
 *
 * A worker frees into its own list of a class, whoever allocated. A list that reaches a magazine's size becomes the
 * worker's full magazine; the one before it goes to the central stack, where a worker that has run out finds it. So
 * memory allocated on one worker and freed on another comes back in lumps, and the lock is rare. Fresh
 * memory is cut from chunks of pages, which are given back only at the end. */
#if !defined(HEW_MODE_CHECK)
#include <malloc.h>
#include <stdlib.h>

#include "hew/pool.h"

enum { FIRST_CHUNK = 64 << 10, LATER_CHUNK = 1 << 20 };

/* Blocks from here on ask for huge pages: walks through many megabytes otherwise wait for page faults and for the
 * processor to find its pages. Smaller: a block that is mostly room would hold up to 2 MiB more than it uses. */
enum { HUGE_FROM = 4 << 20 };

static const uint16_t sizes[HEW_CLASSES] = {0, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512};
/* By size in units of 16 bytes, rounded up. */
const uint8_t hew__class_of_units[HEW_LARGEST_CLASS / 16 + 1] = {1,  1,  1,  2,  3,  4,  5,  6,  7,  8,  8,  9,  9,  10, 10, 11, 11,
                                                                 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 15};

typedef struct hew_chunk {
    struct hew_chunk *next;
    size_t size;
} hew_chunk;

typedef struct central {
    hew_lock lock;
    _Atomic(hew_free_item *) magazines; /* changed under the lock */
} central;

static central centrals[HEW_CLASSES];
static _Atomic int64_t mapped;

void hew__mem_start(void) {
    for (int i = 0; i < HEW_CLASSES; i++) {
        centrals[i].magazines = NULL;
        hew__lock_init(&centrals[i].lock);
    }
}

void hew__mem_sweep(void) {
    for (uint32_t i = 0; i < hew__rt.worker_count; i++) {
        hew_pool *pool = &hew__rt.workers[i].pool;
#if HEW_CANARY == 5
        pool->chunks = NULL;
#endif
        while (pool->chunks) {
            hew_chunk *chunk = pool->chunks;
            pool->chunks = chunk->next;
            atomic_fetch_sub_explicit(&mapped, (int64_t)chunk->size, memory_order_relaxed);
            hew__pages_unmap(chunk, chunk->size);
        }
    }
}

void hew__mem_finish(void) {
    for (int i = 0; i < HEW_CLASSES; i++) hew__lock_deinit(&centrals[i].lock);
}

int64_t hew__mem_mapped(void) { return atomic_load_explicit(&mapped, memory_order_relaxed); }

int64_t hew__mem_used(void) {
    int64_t used = 0;
    for (uint32_t i = 0; i < hew__rt.worker_count; i++) {
        const hew_pool *pool = &hew__rt.workers[i].pool;
        used += hew__counted(&pool->unlisted_bytes);
        for (uint32_t class = 1; class < HEW_CLASSES; class++) used -= (int64_t)hew__pool_count(pool, class) * sizes[class];
    }
    return used;
}

/* What fills whole cache lines starts at one. */
static void align_fresh(hew_pool *pool, size_t size) {
    enum { LINE = 64 };
    size_t beyond = (uintptr_t)pool->fresh % LINE;
    if (size % LINE == 0 && beyond && (size_t)(pool->fresh_end - pool->fresh) >= LINE) pool->fresh += LINE - beyond;
}

static hew_free_item *cut_fresh(hew_pool *pool, size_t size) {
    align_fresh(pool, size);
    if ((size_t)(pool->fresh_end - pool->fresh) < size) {
        size_t bytes = pool->chunks ? LATER_CHUNK : FIRST_CHUNK;
        hew_chunk *chunk = hew__pages_map(bytes);
        if (!chunk) return NULL;
        *chunk = (hew_chunk){.next = pool->chunks, .size = bytes};
        atomic_fetch_add_explicit(&mapped, (int64_t)bytes, memory_order_relaxed);
        pool->chunks = chunk;
        pool->fresh = (char *)(chunk + 1);
        pool->fresh_end = (char *)chunk + bytes;
        align_fresh(pool, size);
    }
    hew_free_item *item = (hew_free_item *)(void *)pool->fresh;
    pool->fresh += size;
    return item;
}

static hew_free_item *take_magazine(uint32_t class) {
    hew__lock(&centrals[class].lock);
    hew_free_item *first = centrals[class].magazines;
    if (first) centrals[class].magazines = first->next_magazine;
    hew__unlock(&centrals[class].lock);
    return first;
}

static void give_magazine(uint32_t class, hew_free_item *first) {
    hew__lock(&centrals[class].lock);
    first->next_magazine = centrals[class].magazines;
    centrals[class].magazines = first;
    hew__unlock(&centrals[class].lock);
}

/* The list is empty. */
static hew_free_item *refill(hew_pool *pool, uint32_t class) {
    hew_free_item *first = pool->full[class];
    pool->full[class] = NULL;
    /* relaxed glance: an empty stack is the common case while a program grows */
    if (!first && atomic_load_explicit(&centrals[class].magazines, memory_order_relaxed)) first = take_magazine(class);
    if (!first) {
        first = cut_fresh(pool, sizes[class]);
        if (first) hew__count(&pool->unlisted_bytes, sizes[class]);
        return first;
    }
    pool->items[class] = first->next;
    hew__pool_set_count(pool, class, HEW_MAGAZINE - 1);
    hew__count(&pool->unlisted_bytes, (int64_t)HEW_MAGAZINE * sizes[class]);
    return first;
}

hew_block *hew__pool_take_more(hew_worker *worker, hew_purpose purpose, size_t size) {
    hew_block *block = NULL;
    uint32_t class = 0;
    if (worker && size <= HEW_LARGEST_CLASS) {
        class = hew__class_of_units[(size + 15) / 16];
        block = (hew_block *)(void *)refill(&worker->pool, class);
    } else {
        block = malloc(size);
        if (block && size >= HUGE_FROM) hew__pages_prefer_huge(block, size);
    }
    return block ? hew__pool_born(hew__counters(worker), purpose, class, block) : NULL;
}

void hew__pool_give_more(hew_worker *worker, hew_purpose purpose, hew_block *block) {
    uint32_t class = block->type_flags >> HEW_CLASS_SHIFT;
    hew__count(&hew__counters(worker)->live[purpose], -1);
    if (class == 0) {
        free(block);
        return;
    }
    if (!worker) return; /* its pages go at the end */
    hew_pool *pool = &worker->pool;
    hew__pool_keep(pool, class, block);
    if (pool->full[class]) give_magazine(class, pool->full[class]);
    pool->full[class] = pool->items[class];
    pool->items[class] = NULL;
    hew__pool_set_count(pool, class, 0);
    hew__count(&pool->unlisted_bytes, -(int64_t)HEW_MAGAZINE * sizes[class]);
}

hew_block *hew__block_take(hew_worker *worker, hew_purpose purpose, size_t size) { return hew__pool_take(worker, purpose, size); }

void hew__block_give(hew_worker *worker, hew_purpose purpose, hew_block *block) { hew__pool_give(worker, purpose, block); }

/* Large blocks grow in place, or their pages move without being copied. */
hew_block *hew__block_resize(hew_block *block, size_t size) {
    if (block->type_flags >> HEW_CLASS_SHIFT != 0 || size <= HEW_LARGEST_CLASS) return NULL;
    hew_block *moved = realloc(block, size);
    if (moved && size >= HUGE_FROM) hew__pages_prefer_huge(moved, size);
    return moved;
}

size_t hew__usable_size(hew_block *block) {
    uint32_t class = block->type_flags >> HEW_CLASS_SHIFT;
    return class ? sizes[class] : malloc_usable_size(block);
}

void *hew__alloc(hew_worker *worker, size_t size) {
    void *memory = malloc(size);
    if (memory) hew__count(&hew__counters(worker)->live[HEW_FOR_RUNTIME], 1);
    return memory;
}

void hew__free(hew_worker *worker, void *memory) {
    hew__count(&hew__counters(worker)->live[HEW_FOR_RUNTIME], -1);
    free(memory);
}

/* Reports and injected failures are check mode's. */
bool hew__may_allocate(void) { return true; }
int64_t hew__allocations_asked(void) { return 0; }
void hew__profile_start(void) {}
void hew__profile_rest(bool (*comes_to_rest)(void), hew_each_actor *each_actor) { (void)comes_to_rest, (void)each_actor; }
void hew__profile_born(const hew_worker *worker, const hew_actor *actor) { (void)worker, (void)actor; }
void hew__profile_gone(const hew_actor *actor) { (void)actor; }
void hew__profile_finish(void) {}
void hew__check_start(void) {}
void hew__check_finish(int64_t allocations) { (void)allocations; }
void hew__check_lost(hew_actor *actor) { (void)actor; }
void hew__check_endless(const hew_actor *actor) { (void)actor; }
uint32_t hew__check_rows(void) { return 0; }
_Noreturn void hew__check_over_release(const hew_block *block) { hew__fatal("a %s is released twice", hew__type_of(block)->name); }
#endif
