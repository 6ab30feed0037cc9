/* Strong handles of lambda actors: with the last one the actor drains and stops. */
#include "hew/builtin.h"
#include "hew/sched.h"

typedef struct lambda_handle {
    hew_block block;
    uint64_t pid;
} lambda_handle;

hew_block *hew__handle_alloc(hew_actor *self, uint32_t type_id, size_t size) {
    hew_block *block = hew__block_take(self->worker, HEW_FOR_BLOCK, size);
    if (!block) return NULL;
    char *payload = (char *)(block + 1);
    for (size_t i = 0; i < size - sizeof(hew_block); i++) payload[i] = 0;
    block->type_flags |= type_id;
    return block;
}

static uint64_t pid_of(const hew_block *block) { return ((const lambda_handle *)(const void *)block)->pid; }

static void count_handle(uint64_t pid) {
    /* relaxed: a new handle is only made from a living one, or by the spawner before the first */
    atomic_fetch_add_explicit(&hew__slot_of(pid)->strong_handles, 1, memory_order_relaxed);
}

hew_block *hew_lambda_new(hew_actor *self, uint64_t pid) {
    hew_block *block = hew__handle_alloc(self, HEW_TYPE_LAMBDA, sizeof(lambda_handle));
    if (!block) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    ((lambda_handle *)(void *)block)->pid = pid;
    hew__list_push(&self->heap, block);
    if (hew__is_current(hew__slot_of(pid), pid)) count_handle(pid);
    return block;
}

hew_block *hew__lambda_duplicate(hew_actor *self, hew_block *block) {
    hew_block *copy = hew__handle_alloc(self, HEW_TYPE_LAMBDA, sizeof(lambda_handle));
    if (!copy) return NULL;
    ((lambda_handle *)(void *)copy)->pid = pid_of(block);
    if (hew__is_current(hew__slot_of(pid_of(block)), pid_of(block))) count_handle(pid_of(block));
    return copy;
}

uint64_t hew_lambda_pid(hew_block *block) { return block ? pid_of(block) : 0; }

void hew__lambda_close(hew_actor *self, hew_block *block) {
    uint64_t pid = pid_of(block);
    hew_actor *actor = hew__slot_of(pid);
    hew__block_free(self, block);
    if (!hew__is_current(actor, pid)) return;
    /* acq_rel: everything sent through the other handles comes before the request to drain */
    if (atomic_fetch_sub_explicit(&actor->strong_handles, 1, memory_order_acq_rel) == 1) hew__pid_signal(self->worker, pid, HEW_SIGNAL_DRAIN);
}
