/* Copies: one block for copy on write, whole values for sending and cloning.
 *
 * A whole value is walked breadth first without a stack: what is moved or copied is appended to
 * the target list, and the part of that list behind `first` is the work still to do. A block
 * marked COPIED was copied, so its slots still name the original's children, which
 * must be copied too; the slots of a moved block own their children. */
#include <string.h>

#include "hew/sched.h"

static size_t payload_size(const hew_block *block) {
    const hew_type *type = hew__type_of(block);
    switch (type->kind) {
    case HEW_KIND_STRING: return sizeof(hew_string) - sizeof(hew_block) + (size_t)((const hew_string *)(const void *)block)->length + 1;
    case HEW_KIND_VEC:
        return sizeof(hew_vec) - sizeof(hew_block) + (size_t)((const hew_vec *)(const void *)block)->length * type->element_size;
    case HEW_KIND_OBJECT: return sizeof(hew_object) - sizeof(hew_block) + type->element_size;
    default: return type->element_size;
    }
}

/* After the bytes were copied: there is no room behind them. */
static void fix_copy(hew_block *copy) {
    switch (hew__type_of(copy)->kind) {
    case HEW_KIND_STRING: ((hew_string *)(void *)copy)->capacity = ((hew_string *)(void *)copy)->length; break;
    case HEW_KIND_VEC: ((hew_vec *)(void *)copy)->capacity = ((hew_vec *)(void *)copy)->length; break;
    default: break;
    }
}

hew_block *hew__block_copy_shallow(hew_actor *self, const hew_block *block) {
    size_t size = payload_size(block);
    if (self->type->max_heap) hew__heap_limit(self, sizeof(hew_block) + size);
    hew_block *copy = hew__block_take(self->worker, HEW_FOR_BLOCK, sizeof(hew_block) + size);
    if (!copy) return NULL;
    memcpy(copy + 1, block + 1, size);
    copy->type_flags |= hew__type_id(block);
    fix_copy(copy);
    return copy;
}

static void retain_slot(void *context, hew_block **slot) {
    (void)context;
    hew_retain(*slot);
}

static bool can_be_copied(const hew_type *type) {
    return type->kind == HEW_KIND_STRING || type->kind == HEW_KIND_VEC || type->kind == HEW_KIND_BOX || type->kind == HEW_KIND_OBJECT;
}

hew_block *hew_unique(hew_actor *self, hew_block *block) {
    if (!block || (block->count == 1 && !hew__is_static(block))) return block;
    if (!can_be_copied(hew__type_of(block))) return block; /* shared by identity */
    hew_block *copy = hew__block_copy_shallow(self, block);
    if (!copy) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    hew__list_push(&self->heap, copy);
    hew__visit_slots(copy, retain_slot, NULL);
    hew_release(self, block);
    hew__count(&self->worker->counters.block_copies, 1);
    return copy;
}

typedef hew_block *(*duplicator)(hew_actor *self, hew_block *block);

typedef struct walk {
    hew_actor *self;
    hew_block_list *into;
    bool must_copy; /* the children of the block being visited belong to somebody else */
} walk;

/* One reference to the child of a moved block, or to the root. */
static hew_block *carry(walk *at, hew_block *block);

static hew_block *copy_into(walk *at, hew_block *block) {
    const hew_type *type = hew__type_of(block);
    hew_block *copy = NULL;
    if (type->kind == HEW_KIND_HANDLE && type->extra) {
        copy = ((duplicator)type->extra)(at->self, block);
        if (!copy) hew__leave(at->self, HEW_TRAP_OUT_OF_MEMORY);
    } else {
        if (!can_be_copied(type)) hew__leave(at->self, HEW_TRAP_NOT_SENDABLE);
        copy = hew__block_copy_shallow(at->self, block);
        if (!copy) hew__leave(at->self, HEW_TRAP_OUT_OF_MEMORY);
        if (type->slot_count > 0) copy->type_flags |= HEW_FLAG_COPIED;
    }
    hew__list_append(at->into, copy);
    return copy;
}

static hew_block *carry(walk *at, hew_block *block) {
    if (!block || hew__is_static(block)) return block;
    if (at->must_copy) return copy_into(at, block);
    if (block->count > 1) {
        hew_block *copy = copy_into(at, block);
        block->count--;
        return copy;
    }
    uint32_t kind = hew__type_of(block)->kind;
    if (kind == HEW_KIND_FRAME || kind == HEW_KIND_RC || kind == HEW_KIND_WEAK) hew__leave(at->self, HEW_TRAP_NOT_SENDABLE);
    hew__list_unlink(block);
    hew__list_append(at->into, block);
    return block;
}

/* A slot is cleared before it is filled, so a trap in between leaves a child with one owner. */
static void carry_slot(void *context, hew_block **slot) {
    walk *at = context;
    hew_block *child = *slot;
    *slot = NULL;
    *slot = carry(at, child);
}

static hew_block *carry_all(walk *at, hew_block *root) {
    hew_block *before = at->into->prev;
    hew_block *result = carry(at, root);
    for (hew_block *block = before->next; block != hew__list_end(at->into); block = block->next) {
        at->must_copy = (block->type_flags & HEW_FLAG_COPIED) != 0;
        block->type_flags &= ~(uint32_t)HEW_FLAG_COPIED;
        hew__visit_slots(block, carry_slot, at);
    }
    return result;
}

hew_block *hew_detach(hew_actor *self, hew_block_list *into, hew_block *block) {
    walk at = {.self = self, .into = into, .must_copy = false};
    return carry_all(&at, block);
}

hew_block *hew_deep_copy(hew_actor *self, hew_block *block) {
    walk at = {.self = self, .into = &self->heap, .must_copy = true};
    return carry_all(&at, block);
}
