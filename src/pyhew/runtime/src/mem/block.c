/* Counted blocks: birth, one owner more or less, taking apart.
 *
 * A block that reaches 0 moves from its heap to the worker's `dying` list and is taken
 * apart from there, so a long list of values needs no stack. A release inside a user's
 * `close` handles only what it queued itself; what was queued before waits for the outer loop,
 * which keeps the order of closes. A trap leaves `dying` to the crash, which puts it back into the heap. */
#include <string.h>

#include "hew/sched.h"

const hew_type *hew__types;

hew_block *hew__block_alloc(hew_actor *self, uint32_t type_id, size_t payload_size) {
    if (self->type->max_heap) hew__heap_limit(self, sizeof(hew_block) + payload_size);
    hew_block *block = hew__block_take(self->worker, HEW_FOR_BLOCK, sizeof(hew_block) + payload_size);
    if (!block) return NULL;
    block->type_flags |= type_id | (hew__types[type_id].kind == HEW_KIND_RESOURCE ? HEW_FLAG_RESOURCE : 0);
    hew__list_push(&self->heap, block);
    return block;
}

hew_block *hew_block_new(hew_actor *self, uint32_t type_id, uint64_t payload_size) {
    hew_block *block = hew__block_alloc(self, type_id, payload_size);
    if (!block) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    memset(block + 1, 0, payload_size);
    return block;
}

hew_block *hew_frame_new(hew_actor *self, void *resume, void *drop, uint64_t data_size) {
    hew_frame *frame = (hew_frame *)(void *)hew_block_new(self, HEW_TYPE_FRAME, sizeof(hew_frame) - sizeof(hew_block) + data_size);
    memcpy(&frame->resume, &resume, sizeof resume);
    memcpy(&frame->drop, &drop, sizeof drop);
    return &frame->block;
}

void hew__block_free(hew_actor *self, hew_block *block) { hew__block_give(self->worker, HEW_FOR_BLOCK, block); }

hew_block *hew__block_grow(hew_actor *self, hew_block *block, size_t payload_size) {
    if (self->type->max_heap) hew__heap_limit(self, sizeof(hew_block) + payload_size);
    hew_block *moved = hew__block_resize(block, sizeof(hew_block) + payload_size);
    if (!moved) return NULL;
    moved->prev->next = moved;
    moved->next->prev = moved;
    return moved;
}

void hew_retain(hew_block *block) {
    if (block && !hew__is_static(block)) block->count++;
}

/* --- slots --- */

static bool slot_is_live(const char *element, const hew_slot *slot) {
    for (uint32_t i = 0; i < slot->guard_count; i++) {
        const hew_guard *guard = &slot->guards[i];
        uint32_t tag;
        memcpy(&tag, element + guard->tag_offset, sizeof tag);
        bool holds = false;
        for (uint32_t k = 0; k < guard->value_count && !holds; k++) holds = guard->values[k] == tag;
        if (!holds) return false;
    }
    return true;
}

/* Last slot first: a record's fields die in reverse order of declaration. */
static void visit_element(const hew_type *type, char *element, hew_slot_visitor visit, void *context) {
    for (uint32_t i = type->slot_count; i-- > 0;) {
        const hew_slot *slot = &type->slots[i];
        if (slot_is_live(element, slot)) visit(context, (hew_block **)(void *)(element + slot->offset));
    }
}

void hew__visit_slots(hew_block *block, hew_slot_visitor visit, void *context) {
    const hew_type *type = hew__type_of(block);
    if (type->slot_count == 0) return;
    switch (type->kind) {
    case HEW_KIND_VEC: {
        hew_vec *vec = (hew_vec *)(void *)block;
        for (int64_t i = 0; i < vec->length; i++) visit_element(type, vec->elements + i * type->element_size, visit, context);
        break;
    }
    case HEW_KIND_BOX:
    case HEW_KIND_RESOURCE: visit_element(type, (char *)(block + 1), visit, context); break;
    case HEW_KIND_OBJECT: visit_element(type, ((hew_object *)(void *)block)->captures, visit, context); break;
    case HEW_KIND_RC: visit_element(type, ((hew_rc *)(void *)block)->element, visit, context); break;
    default: break;
    }
}

static const char *name_at(const hew_type *type, const char *element, hew_block **slot) {
    uint32_t offset = (uint32_t)((const char *)(const void *)slot - element);
    for (uint32_t i = 0; i < type->slot_count; i++) {
        if (type->slots[i].offset == offset) return type->slots[i].name;
    }
    return NULL;
}

void hew__visit_state(hew_actor *actor, hew_slot_visitor visit, void *context) {
    if (actor->type->state_type) visit_element(&hew__types[actor->type->state_type], hew__state(actor), visit, context);
}

const char *hew__state_name(hew_actor *actor, hew_block **slot) { return name_at(&hew__types[actor->type->state_type], hew__state(actor), slot); }

const char *hew__slot_name(const hew_block *block, hew_block **slot) {
    const hew_type *type = hew__type_of(block);
    const char *element = (const char *)(block + 1);
    if (type->kind == HEW_KIND_OBJECT) element = ((const hew_object *)(const void *)block)->captures;
    else if (type->kind == HEW_KIND_RC) element = ((const hew_rc *)(const void *)block)->element;
    else if (type->kind != HEW_KIND_BOX && type->kind != HEW_KIND_RESOURCE) return NULL;
    return name_at(type, element, slot);
}

/* --- release --- */

static void check_count(const hew_block *block) {
    if (block->count == 0) hew__check_over_release(block);
}

static void queue_if_dead(void *context, hew_block **slot) {
    hew_actor *self = context;
    hew_block *block = *slot;
    if (!block || hew__is_static(block)) return;
    check_count(block);
    if (--block->count > 0) return;
    hew__list_unlink(block);
    hew__list_append(&self->worker->thread->dying, block);
}

static void weak_release(hew_block *block) {
    hew_rc *cell = *(hew_rc **)(void *)(block + 1);
    if (cell) cell->weak = NULL;
}

static void rc_release(hew_block *block) {
    hew_rc *cell = (hew_rc *)(void *)block;
    if (cell->weak) *(hew_rc **)(void *)(cell->weak + 1) = NULL;
}

/* Takes one dead block apart; it stands in `dying` until its own code has run. */
static void take_apart(hew_actor *self, hew_block *block) {
    const hew_type *type = hew__type_of(block);
    if ((block->type_flags & (HEW_FLAG_RESOURCE | HEW_FLAG_CLOSED)) == HEW_FLAG_RESOURCE) {
        block->type_flags |= HEW_FLAG_CLOSED;
        block->count = 1;
        type->close(self, block);
        if (--block->count > 0) { /* close kept a reference to it */
            hew__list_unlink(block);
            hew__list_push(&self->heap, block);
            return;
        }
    }
    switch (type->kind) {
    case HEW_KIND_FRAME: ((hew_frame *)(void *)block)->drop(self, block); break;
    case HEW_KIND_WEAK: weak_release(block); break;
    case HEW_KIND_RC: rc_release(block); break;
    default: break;
    }
    hew__list_unlink(block);
    if (type->kind == HEW_KIND_HANDLE || type->kind == HEW_KIND_MESSAGE) {
        type->close(self, block);
        return;
    }
    hew__visit_slots(block, queue_if_dead, self);
#if HEW_CANARY == 2
    if (type->kind == HEW_KIND_OBJECT) return;
#endif
    hew__block_free(self, block);
}

static void release_dead(hew_actor *self, hew_block *block) {
    const hew_type *type = hew__type_of(block);
#if HEW_CANARY == 3
    if (type->kind == HEW_KIND_STRING) {
        hew__list_unlink(block);
        hew__block_free(self, block);
    }
#endif
    if (type->slot_count == 0 && type->kind <= HEW_KIND_BOX) { /* nothing inside: the common case */
        hew__list_unlink(block);
        hew__block_free(self, block);
        return;
    }
    hew_block_list *dying = &self->worker->thread->dying;
    hew_block *before = dying->prev;
    hew__list_unlink(block);
    hew__list_append(dying, block);
    while (before->next != hew__list_end(dying)) take_apart(self, before->next);
}

void hew_release(hew_actor *self, hew_block *block) {
    if (!block || hew__is_static(block)) return;
    check_count(block);
    if (--block->count == 0) release_dead(self, block);
}

static void count_as_closed(void *context, hew_block **slot) {
    (void)context;
    if (*slot && ((*slot)->type_flags & HEW_FLAG_RESOURCE)) (*slot)->type_flags |= HEW_FLAG_CLOSED;
}

void hew_resource_close(hew_actor *self, hew_block *resource) {
    if (resource && !(resource->type_flags & HEW_FLAG_CLOSED)) {
        resource->type_flags |= HEW_FLAG_CLOSED;
        hew__type_of(resource)->close(self, resource);
        hew__visit_slots(resource, count_as_closed, NULL);
    }
    hew_release(self, resource);
}

void hew_resource_forget(hew_actor *self, hew_block *resource) {
    if (resource) resource->type_flags |= HEW_FLAG_CLOSED;
    hew_release(self, resource);
}

/* --- whole heaps --- */

static void run_close(hew_actor *self, void *context) {
    hew_block *block = context;
    hew__type_of(block)->close(self, block);
}

hew_heap_mark hew__heap_mark(hew_actor *self) {
    return (hew_heap_mark){.newest = self->heap.next, .dying = self->worker->thread->dying.prev};
}

/* What a trap left half taken apart, into the actor's heap. */
static void take_back(hew_actor *self, hew_heap_mark mark) {
    while (mark.dying->next != hew__list_end(&self->worker->thread->dying)) {
        hew_block *left = mark.dying->next;
        hew__list_unlink(left);
        hew__list_push(&self->heap, left);
    }
}

void hew__heap_sweep_newer(hew_actor *self, hew_heap_mark mark) {
    hew_block_list left;
    hew__list_init(&left);
    take_back(self, mark);
    while (self->heap.next != mark.newest) {
        hew_block *block = self->heap.next;
        hew__list_unlink(block);
        hew__list_append(&left, block);
    }
    hew__heap_close(self, &left);
    hew__heap_sweep(self, &left);
}

/* What a trap leaves of a close stands in front of the actor's own heap. When that heap is being closed, its turn comes; a
 * message's or a reply's is no place for it, and its actor may live on. */
static void close_one(hew_actor *self, hew_block_list *heap, hew_block *block) {
    hew_heap_mark mark = hew__heap_mark(self);
    block->type_flags |= HEW_FLAG_CLOSED;
    block->count++;
    if (hew__protect(self, run_close, block) != 0) {
        hew__count(&hew__counters(self->worker)->failed_closes, 1);
        if (heap == &self->heap) take_back(self, mark);
        else hew__heap_sweep_newer(self, mark);
    }
    block->count--;
}

void hew__heap_close(hew_actor *self, hew_block_list *heap) {
    hew_block_list done;
    hew__list_init(&done);
    /* Blocks that a close makes or frees come and go at the front of the actor's own heap. */
    while (!hew__list_is_empty(heap)) {
        hew_block *block = heap->next;
        hew__list_unlink(block);
        hew__list_append(&done, block);
        if ((block->type_flags & (HEW_FLAG_RESOURCE | HEW_FLAG_CLOSED)) == HEW_FLAG_RESOURCE) close_one(self, heap, block);
    }
    hew__list_splice(heap, &done);
}

void hew__heap_sweep(hew_actor *self, hew_block_list *heap) {
    while (!hew__list_is_empty(heap)) {
        hew_block *block = heap->next;
        hew__list_unlink(block);
        const hew_type *type = hew__type_of(block);
        if (type->kind == HEW_KIND_HANDLE || type->kind == HEW_KIND_MESSAGE) type->close(self, block);
        else hew__block_free(self, block);
    }
}
