/* From a pid to its slot, for those who do it often; the table itself is slot.c's. */
#ifndef HEW_SLOTS_H
#define HEW_SLOTS_H

#include "hew/actor.h"

/* Low bits of an index: the position in its chunk. */
enum { HEW_SLOT_BITS = 6 };

typedef struct hew_slot_chunk {
    char *slots;
    uint32_t slot_size;
    uint32_t count;
} hew_slot_chunk;

typedef struct hew_slot_chunks {
    hew_slot_chunk *chunks;
    _Atomic uint32_t count;
} hew_slot_chunks;

extern hew_slot_chunks hew__slots;

/* As hew__slot_of. */
static inline hew_actor *hew__slot_find(uint64_t pid) {
    uint32_t index = (uint32_t)pid;
    uint32_t number = index >> HEW_SLOT_BITS;
    if (pid == 0 || number >= atomic_load_explicit(&hew__slots.count, memory_order_acquire)) return NULL;
    const hew_slot_chunk *at = &hew__slots.chunks[number];
    uint32_t position = index & ((1 << HEW_SLOT_BITS) - 1);
    return position < at->count ? (hew_actor *)(void *)(at->slots + (size_t)position * at->slot_size) : NULL;
}

#endif
