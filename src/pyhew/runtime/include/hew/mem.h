/* Memory: blocks, their lists, and the counters that must be zero at exit.
 *
 * Functions that take a worker are given the running one, or null on the thread of hew_main. */
#ifndef HEW_MEM_H
#define HEW_MEM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "hew/abi.h"

typedef struct hew_worker hew_worker;
typedef struct hew_thread hew_thread;

/* What `hew__alloc` is asked for; the counters keep them apart. */
typedef enum hew_purpose { HEW_FOR_BLOCK, HEW_FOR_MESSAGE, HEW_FOR_RUNTIME, HEW_PURPOSES } hew_purpose;

/* One set per worker, plus one shared by other threads; only sums mean anything,
 * because memory allocated on one worker may be freed on another. */
typedef struct hew_counters {
    int64_t live[HEW_PURPOSES];
    int64_t live_actors;
    int64_t live_timers;
    int64_t slot_bytes; /* of actors that live */
    int64_t allocations;
    int64_t block_copies;
    int64_t messages_sent;
    int64_t failed_closes;
    int64_t suspends; /* of handlers: each time one had to wait */
    int64_t resumes;
} hew_counters;

/* Its worker alone changes a counter; observers read it meanwhile. */
static inline int64_t hew__count(int64_t *counter, int64_t change) {
    int64_t now = __atomic_load_n(counter, __ATOMIC_RELAXED) + change;
    __atomic_store_n(counter, now, __ATOMIC_RELAXED);
    return now;
}
static inline int64_t hew__counted(const int64_t *counter) { return __atomic_load_n(counter, __ATOMIC_RELAXED); }

/* Memory for a block or message; count 1, `type_flags` says where it came from and must be kept. */
hew_block *hew__block_take(hew_worker *worker, hew_purpose purpose, size_t size);
void hew__block_give(hew_worker *worker, hew_purpose purpose, hew_block *block);
/* An unlisted block with another size, its bytes kept; null when it must be done by a new block, and the old one is as it was. */
hew_block *hew__block_resize(hew_block *block, size_t size);
/* The bytes that a block may use, at least what was asked for. */
size_t hew__usable_size(hew_block *block);
/* The runtime's own objects. */
void *hew__alloc(hew_worker *worker, size_t size);
void hew__free(hew_worker *worker, void *memory);
/* False when a test wants this allocation to fail. */
bool hew__may_allocate(void);
/* For tests: how many allocations stood before one of them is made to fail; 0 when none is. */
int64_t hew__allocations_asked(void);
void hew__mem_start(void);
/* Gives the pages back; the workers are joined. */
void hew__mem_sweep(void);
void hew__mem_finish(void);
/* Bytes of pages that are still mapped; bytes of those that are in use, exact while nothing runs. */
int64_t hew__mem_mapped(void);
int64_t hew__mem_used(void);

/* Bits of `type_flags` that belong to the allocator: a size class, 0 for `malloc`. */
enum { HEW_CLASS_SHIFT = 28, HEW_CLASSES = 16 };

typedef struct hew_free_item {
    struct hew_free_item *next;
    struct hew_free_item *next_magazine;
} hew_free_item;

/* A worker's cache of free blocks: per class a list in use and one full magazine; and the
 * rest of the newest chunk. Words marked with * are changed by the worker and read by others. */
typedef struct hew_pool {
    hew_free_item *items[HEW_CLASSES];
    hew_free_item *full[HEW_CLASSES];
    _Atomic uint32_t counts[HEW_CLASSES]; /* of the lists in use; * */
    int64_t unlisted_bytes; /* cut, less what whole magazines hold; a sum over all workers, like a counter; * */
    char *fresh;
    char *fresh_end;
    struct hew_chunk *chunks;
} hew_pool;

/* Check mode: reports. A row says one thing that was left or done wrong. */
void hew__check_start(void);
void hew__check_finish(int64_t allocations);
/* Reports blocks of a heap that should be empty. */
void hew__check_lost(hew_actor *actor);
/* Reports an actor that is still in a handler when the process has to end without it. */
void hew__check_endless(const hew_actor *actor);
/* Reports a release of a block that has no owner; the process ends. */
_Noreturn void hew__check_over_release(const hew_block *block);
/* The heap over time, when HEW_HEAP_PROFILE asks for it; its last look is taken when everything has come to rest. */
void hew__profile_start(void);
void hew__profile_change(int64_t bytes);
typedef void hew_each_actor(void (*look)(hew_actor *actor, void *context), void *context);
void hew__profile_rest(bool (*comes_to_rest)(void), hew_each_actor *each_actor);
/* An actor was made, by whoever runs; an actor's slot is given back. */
void hew__profile_born(const hew_worker *worker, const hew_actor *actor);
void hew__profile_gone(const hew_actor *actor);
void hew__profile_finish(void);
/* How many rows were written. */
uint32_t hew__check_rows(void);

static inline uint32_t hew__type_id(const hew_block *block) { return block->type_flags & HEW_TYPE_ID_MASK; }
static inline bool hew__is_static(const hew_block *block) { return (block->type_flags & HEW_FLAG_STATIC) != 0; }

extern const hew_type *hew__types;
static inline const hew_type *hew__type_of(const hew_block *block) { return &hew__types[hew__type_id(block)]; }

/* Lists. */
static inline hew_block *hew__list_end(hew_block_list *list) { return (hew_block *)(void *)list; }
static inline void hew__list_init(hew_block_list *list) { list->prev = list->next = hew__list_end(list); }
static inline bool hew__list_is_empty(const hew_block_list *list) { return (const void *)list->next == (const void *)list; }

static inline void hew__list_push(hew_block_list *list, hew_block *block) {
    hew_block *end = hew__list_end(list);
    block->prev = end;
    block->next = list->next;
    list->next->prev = block;
    list->next = block;
}

static inline void hew__list_append(hew_block_list *list, hew_block *block) {
    hew_block *end = hew__list_end(list);
    block->next = end;
    block->prev = list->prev;
    list->prev->next = block;
    list->prev = block;
}

static inline void hew__list_unlink(hew_block *block) {
    block->prev->next = block->next;
    block->next->prev = block->prev;
}

/* Moves everything in `from` to the front of `into`. */
static inline void hew__list_splice(hew_block_list *into, hew_block_list *from) {
    if (hew__list_is_empty(from)) return;
    from->prev->next = into->next;
    into->next->prev = from->prev;
    from->next->prev = hew__list_end(into);
    into->next = from->next;
    hew__list_init(from);
}

/* Blocks. */
hew_block *hew__block_alloc(hew_actor *self, uint32_t type_id, size_t payload_size);
void hew__block_free(hew_actor *self, hew_block *block);
/* A block of the same heap with more room, its bytes kept; null when it must be done by a new block. */
hew_block *hew__block_grow(hew_actor *self, hew_block *block, size_t payload_size);
/* Before an allocation of an actor with a limit: traps when its blocks would take more. */
void hew__heap_limit(hew_actor *self, size_t size);
/* A copy of `block` alone, linked nowhere, its slots still the original's; null without memory. */
hew_block *hew__block_copy_shallow(hew_actor *self, const hew_block *block);
/* The first step of a crash: runs every close that has not run, newest block first. */
void hew__heap_close(hew_actor *self, hew_block_list *heap);
/* The second step: frees every block and releases every runtime handle; no user code. */
void hew__heap_sweep(hew_actor *self, hew_block_list *heap);
/* A point in time, before user code that may trap without ending its actor; afterwards all that it made goes. */
typedef struct hew_heap_mark {
    const hew_block *newest;
    const hew_block *dying;
} hew_heap_mark;
hew_heap_mark hew__heap_mark(hew_actor *self);
void hew__heap_sweep_newer(hew_actor *self, hew_heap_mark mark);

/* Calls `visit` with each live slot of the block. */
typedef void (*hew_slot_visitor)(void *context, hew_block **slot);
void hew__visit_slots(hew_block *block, hew_slot_visitor visit, void *context);
/* The path of fields to one of the block's slots; null when it has none, as in a Vec. */
const char *hew__slot_name(const hew_block *block, hew_block **slot);
/* The same for an actor's state, between two messages. */
void hew__visit_state(hew_actor *actor, hew_slot_visitor visit, void *context);
const char *hew__state_name(hew_actor *actor, hew_block **slot);

#endif
