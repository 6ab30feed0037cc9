/* Vec blocks: room for elements, and bytes to strings and back. */
#include <string.h>

#include "hew/data.h"
#include "hew/sched.h"

/* The payload of a Vec with that many elements; 0 when there is no such memory. */
static size_t payload_of(uint32_t type_id, int64_t capacity) {
    uint64_t size = 0;
    bool is_huge = __builtin_mul_overflow((uint64_t)capacity, (uint64_t)hew__types[type_id].element_size, &size);
    return is_huge || size > (uint64_t)1 << 46 || capacity > HEW_LONGEST ? 0 : sizeof(hew_vec) - sizeof(hew_block) + size;
}

hew_vec *hew__vec_try(hew_actor *self, uint32_t type_id, int64_t capacity) {
    size_t size = payload_of(type_id, capacity);
    hew_block *block = size > 0 ? hew__block_alloc(self, type_id, size) : NULL;
    if (!block) return NULL;
    hew_vec *vec = (hew_vec *)(void *)block;
    vec->length = 0;
    vec->capacity = capacity;
    return vec;
}

static hew_vec *vec_alloc(hew_actor *self, uint32_t type_id, int64_t capacity) {
    hew_vec *vec = hew__vec_try(self, type_id, capacity);
    if (!vec) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    return vec;
}

static hew_vec *vec_grow(hew_actor *self, hew_vec *vec, uint32_t type_id, int64_t capacity) {
    size_t size = payload_of(type_id, capacity);
    hew_vec *grown = size > 0 ? (hew_vec *)(void *)hew__block_grow(self, &vec->block, size) : NULL;
    if (grown) grown->capacity = capacity;
    return grown;
}

hew_block *hew_vec_with_capacity(hew_actor *self, uint32_t type_id, int64_t capacity) {
    return capacity > 0 ? &vec_alloc(self, type_id, capacity)->block : NULL;
}

static void retain_slot(void *context, hew_block **slot) {
    (void)context;
    hew_retain(*slot);
}

hew_block *hew_vec_reserve(hew_actor *self, hew_block *block, int64_t additional, uint32_t type_id) {
    enum { SMALLEST = 4 };
    hew_vec *old = (hew_vec *)(void *)block;
    int64_t length = old ? old->length : 0;
    bool is_ours = old && block->count == 1 && !hew__is_static(block);
    if (is_ours && old->capacity - length >= additional) return block;
    int64_t needed = 0;
    if (additional < 0 || __builtin_add_overflow(length, additional, &needed)) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    int64_t capacity = needed;
    if (old && old->capacity < needed && 2 * old->capacity > needed) capacity = 2 * old->capacity;
    if (capacity < SMALLEST) capacity = SMALLEST;
    hew_vec *vec = is_ours ? vec_grow(self, old, type_id, capacity) : NULL;
    if (vec) return &vec->block;
    vec = vec_alloc(self, type_id, capacity);
    if (!old) return &vec->block;
    memcpy(vec->elements, old->elements, (size_t)length * hew__types[type_id].element_size);
    vec->length = length;
    if (is_ours) { /* the elements have moved: the old block owns nothing any more */
        hew__list_unlink(block);
        hew__block_free(self, block);
    } else {
        hew__visit_slots(&vec->block, retain_slot, NULL);
        hew_release(self, block);
        hew__count(&self->worker->counters.block_copies, 1);
    }
    return &vec->block;
}

hew_block *hew_string_from_vec(hew_actor *self, hew_block *bytes) {
    const hew_vec *vec = (const hew_vec *)(const void *)bytes;
    int64_t length = vec ? vec->length : 0;
    bool is_valid = length == 0 || hew__utf8_is_valid(vec->elements, length);
    self->status = is_valid ? HEW_IO_OK : HEW_IO_INVALID;
    return is_valid && length > 0 ? hew_string_from_bytes(self, vec->elements, length) : NULL;
}

hew_block *hew_string_to_vec(hew_actor *self, hew_block *string) {
    int64_t length = hew_string_length(string);
    if (length == 0) return NULL;
    hew_vec *vec = vec_alloc(self, HEW_TYPE_BYTES, length);
    memcpy(vec->elements, hew__bytes(string), (size_t)length);
    vec->length = length;
    return &vec->block;
}
