/* The way to a free block that is at hand, and back, for those who need one per message; the rest is pool.c's. */
#ifndef HEW_POOL_H
#define HEW_POOL_H

#include "hew/sched.h"

#if defined(HEW_MODE_CHECK)
static inline hew_block *hew__pool_take(hew_worker *worker, hew_purpose purpose, size_t size) { return hew__block_take(worker, purpose, size); }
static inline void hew__pool_give(hew_worker *worker, hew_purpose purpose, hew_block *block) { hew__block_give(worker, purpose, block); }
#else
enum { HEW_MAGAZINE = 64, HEW_LARGEST_CLASS = 512 };
extern const uint8_t hew__class_of_units[HEW_LARGEST_CLASS / 16 + 1];

/* Where no free block is at hand, or no room for one more: pool.c. */
hew_block *hew__pool_take_more(hew_worker *worker, hew_purpose purpose, size_t size);
void hew__pool_give_more(hew_worker *worker, hew_purpose purpose, hew_block *block);

static inline hew_block *hew__pool_born(hew_counters *counters, hew_purpose purpose, uint32_t class, hew_block *block) {
    hew__count(&counters->live[purpose], 1);
    hew__count(&counters->allocations, 1);
    block->count = 1;
    block->type_flags = class << HEW_CLASS_SHIFT;
    return block;
}

/* Its worker alone changes a count. */
static inline uint32_t hew__pool_count(const hew_pool *pool, uint32_t class) {
    return atomic_load_explicit(&pool->counts[class], memory_order_relaxed);
}
static inline void hew__pool_set_count(hew_pool *pool, uint32_t class, uint32_t count) {
    atomic_store_explicit(&pool->counts[class], count, memory_order_relaxed);
}

static inline void hew__pool_keep(hew_pool *pool, uint32_t class, hew_block *block) {
    hew_free_item *item = (hew_free_item *)(void *)block;
    item->next = pool->items[class];
    pool->items[class] = item;
    hew__pool_set_count(pool, class, hew__pool_count(pool, class) + 1);
}

static inline hew_block *hew__pool_take(hew_worker *worker, hew_purpose purpose, size_t size) {
    if (!worker || size > HEW_LARGEST_CLASS) return hew__pool_take_more(worker, purpose, size);
    uint32_t class = hew__class_of_units[(size + 15) / 16];
    hew_pool *pool = &worker->pool;
    hew_free_item *item = pool->items[class];
    if (!item) return hew__pool_take_more(worker, purpose, size);
    pool->items[class] = item->next;
    hew__pool_set_count(pool, class, hew__pool_count(pool, class) - 1);
    return hew__pool_born(&worker->counters, purpose, class, (hew_block *)(void *)item);
}

static inline void hew__pool_give(hew_worker *worker, hew_purpose purpose, hew_block *block) {
    uint32_t class = block->type_flags >> HEW_CLASS_SHIFT;
    if (class == 0 || !worker || hew__pool_count(&worker->pool, class) + 1 >= HEW_MAGAZINE) {
        hew__pool_give_more(worker, purpose, block);
        return;
    }
    hew__count(&worker->counters.live[purpose], -1);
    hew__pool_keep(&worker->pool, class, block);
}
#endif

#endif
