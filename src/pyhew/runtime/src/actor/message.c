/* Messages: made by an actor, owned by a mailbox or channel, taken apart by whoever drops them. */
#include <string.h>

#include "hew/link.h"
#include "hew/pool.h"
#include "hew/sched.h"

static inline hew_message *alloc(hew_worker *worker, uint32_t handler, size_t payload_size) {
    hew_block *block = hew__pool_take(worker, HEW_FOR_MESSAGE, HEW_MESSAGE_SIZE + payload_size);
    if (!block) return NULL;
    hew_message *message = (hew_message *)(void *)block;
    block->type_flags |= HEW_TYPE_MESSAGE;
    hew__list_init(&message->blocks);
    message->reply = NULL;
    message->handler = handler;
    message->generation = 0;
    return message;
}

hew_message *hew__message_alloc(hew_worker *worker, uint32_t handler, size_t payload_size) { return alloc(worker, handler, payload_size); }

hew_message *hew_message_new(hew_actor *self, uint32_t handler, uint64_t payload_size) {
    hew_message *message = alloc(self->worker, handler, payload_size);
    if (!message) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    hew__list_push(&self->heap, &message->block);
    return message;
}

void hew__message_drop(hew_actor *self, hew_message *message, int32_t ask_status) {
    if (message->handler == HEW_HANDLER_PROBE && hew__probe_forward(self->worker, message)) return;
    hew_reply *cell = message->reply;
    message->reply = NULL;
    if (!hew__list_is_empty(&message->blocks)) {
        hew__heap_close(self, &message->blocks);
        hew__heap_sweep(self, &message->blocks);
    }
    if (cell) hew__reply_finish(self, cell, false, ask_status);
    hew__block_give(self->worker, HEW_FOR_MESSAGE, &message->block);
}

void hew_message_free(hew_actor *self, hew_message *message) {
    if (!message) return;
    hew__list_unlink(&message->block);
    hew__message_drop(self, message, HEW_ASK_CANCELLED);
}

void *hew_message_open(hew_actor *self, hew_message *message) {
    hew__list_splice(&self->heap, &message->blocks);
    return hew__payload(message);
}

void hew_message_free_shell(hew_actor *self, hew_message *message) {
    if (!message) return;
    hew__list_unlink(&message->block);
    hew__pool_give(self->worker, HEW_FOR_MESSAGE, &message->block);
}

int32_t hew_message_is_held(hew_message *message) { return message != NULL; }
