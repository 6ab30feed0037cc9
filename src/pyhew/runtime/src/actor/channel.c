/* Bounded channels: messages from any number of senders to one receiver.
 *
 * The channel is its own allocation, shared by its ends and freed with the last one; its lock protects
 * everything in it. An end is a handle block of one actor. An end that has to wait is marked and its actor noted at the
 * poll; whoever changes that wakes it. A woken actor polls again. A channel into a file has no receiver and keeps
 * nothing: what is sent is written before the send returns. */
#include <string.h>

#include "hew/builtin.h"
#include "hew/sched.h"

typedef struct channel_end channel_end;

typedef struct channel {
    hew_lock lock;
    hew_message *first;
    hew_message *last;
    int64_t length;
    int64_t capacity;
    uint32_t senders;
    uint32_t ends;
    bool is_open; /* the receiver exists or has not been made yet */
    bool has_receiver;
    bool is_faulty; /* a guarded sender was lost in a crash */
    hew_actor *reader; /* waits for an item, or null */
    channel_end *waiting; /* senders that wait for room */
    const char *producer; /* actor type behind the guarded sender */
    hew_outlet outlet;    /* of a channel into a file */
} channel;

struct channel_end {
    hew_block block;
    channel *channel; /* null once closed */
    channel_end *next;
    hew_actor *actor;
    bool is_listed;
    bool is_guarded;
};

static channel_end *end_of(hew_block *block) { return (channel_end *)(void *)block; }

static channel_end *end_new(hew_actor *self, uint32_t type_id, channel *shared) {
    channel_end *end = (channel_end *)(void *)hew__handle_alloc(self, type_id, sizeof(channel_end));
    if (end) end->channel = shared;
    return end;
}

hew_block *hew_channel_new(hew_actor *self, int64_t capacity) {
    channel *shared = hew__alloc(self->worker, sizeof *shared);
    if (!shared) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    *shared = (channel){.capacity = capacity > 0 ? capacity : 1, .senders = 1, .ends = 1, .is_open = true};
    hew__lock_init(&shared->lock);
    channel_end *end = end_new(self, HEW_TYPE_SENDER, shared);
    if (!end) {
        hew__lock_deinit(&shared->lock);
        hew__free(self->worker, shared);
        hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    }
    hew__list_push(&self->heap, &end->block);
    return &end->block;
}

hew_block *hew__channel_into(hew_actor *self, const hew_outlet *outlet) {
    hew_block *sender = hew_channel_new(self, 1);
    end_of(sender)->channel->outlet = *outlet;
    return sender;
}

hew_block *hew_channel_receiver(hew_actor *self, hew_block *sender) {
    channel *shared = end_of(sender)->channel;
    if (!shared) return NULL;
    channel_end *end = end_new(self, HEW_TYPE_RECEIVER, shared);
    if (!end) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    hew__list_push(&self->heap, &end->block);
    hew__lock(&shared->lock);
    if (shared->has_receiver) hew__fatal("a channel has two receivers");
    shared->has_receiver = true;
    shared->ends++;
    hew__unlock(&shared->lock);
    return &end->block;
}

hew_block *hew__sender_duplicate(hew_actor *self, hew_block *block) {
    channel *shared = end_of(block)->channel;
    channel_end *end = end_new(self, HEW_TYPE_SENDER, shared);
    if (!end || !shared) return end ? &end->block : NULL;
    hew__lock(&shared->lock);
    shared->senders++;
    shared->ends++;
    hew__unlock(&shared->lock);
    return &end->block;
}

hew_block *hew_channel_clone(hew_actor *self, hew_block *sender) {
    hew_block *copy = hew__sender_duplicate(self, sender);
    if (!copy) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    hew__list_push(&self->heap, copy);
    return copy;
}

void hew_channel_guard(hew_actor *self, hew_block *sender) {
    channel_end *end = end_of(sender);
    end->is_guarded = true;
    if (end->channel) end->channel->producer = self->type->name;
}

/* --- waiting, under the lock --- */

static void unlist(channel *shared, channel_end *end) {
    hew__must_hold(&shared->lock);
    if (!end->is_listed) return;
    channel_end **link = &shared->waiting;
    while (*link != end) link = &(*link)->next;
    *link = end->next;
    end->is_listed = false;
}

static void wake_reader(hew_worker *worker, channel *shared) {
    hew_actor *reader = shared->reader;
    hew__must_hold(&shared->lock);
    shared->reader = NULL;
    if (reader) hew__wake(worker, reader);
}

static void wake_senders(hew_worker *worker, channel *shared) {
    hew__must_hold(&shared->lock);
    while (shared->waiting) {
        channel_end *end = shared->waiting;
        hew_actor *actor = end->actor;
        unlist(shared, end);
        hew__wake(worker, actor);
    }
}

/* --- items --- */

hew_message *hew_channel_try_send(hew_actor *self, hew_block *sender, hew_message *message) {
    channel_end *end = end_of(sender);
    channel *shared = end->channel;
    self->status = HEW_IO_CLOSED;
    if (shared && shared->outlet.write) {
        hew_block *text;
        memcpy(&text, (char *)message + HEW_MESSAGE_SIZE, sizeof text);
        hew__lock(&shared->lock);
        shared->outlet.write(self, shared->outlet.file, text);
        hew__unlock(&shared->lock);
        int32_t status = self->status;
        hew_message_free(self, message);
        self->status = status;
        return NULL;
    }
    bool is_accepted = false;
    if (shared) {
        hew__lock(&shared->lock);
        if (shared->is_open && shared->length >= shared->capacity) {
            if (!end->is_listed) {
                end->actor = self;
                end->next = shared->waiting;
                end->is_listed = true;
                shared->waiting = end;
            }
            hew__unlock(&shared->lock);
            self->status = HEW_IO_OK;
            return message;
        }
        unlist(shared, end);
        if (shared->is_open) {
            is_accepted = true;
            hew__list_unlink(&message->block);
            message->block.next = NULL;
            if (shared->last) shared->last->block.next = &message->block;
            else shared->first = message;
            shared->last = message;
            shared->length++;
            wake_reader(self->worker, shared);
        }
        hew__unlock(&shared->lock);
    }
    if (is_accepted) self->status = HEW_IO_OK;
    else hew_message_free(self, message);
    return NULL;
}

int32_t hew_channel_poll(hew_actor *self, hew_block *receiver) {
    channel *shared = end_of(receiver)->channel;
    if (!shared) return HEW_CHANNEL_CLOSED;
    hew__lock(&shared->lock);
    int32_t state = HEW_CHANNEL_PENDING;
    if (shared->first) state = HEW_CHANNEL_ITEM;
    else if (shared->is_faulty) state = HEW_CHANNEL_FAULT;
    else if (shared->senders == 0) state = HEW_CHANNEL_CLOSED;
    shared->reader = state == HEW_CHANNEL_PENDING ? self : NULL;
    hew__unlock(&shared->lock);
    return state;
}

int32_t hew_select_closed(hew_actor *self, uint64_t arms) {
    uint64_t behind = arms >> self->turn << self->turn;
    int arm = __builtin_ctzll(behind ? behind : arms);
    self->turn = (uint8_t)((arm + 1) % 64);
    return arm;
}

hew_message *hew_channel_take(hew_actor *self, hew_block *receiver) {
    channel *shared = end_of(receiver)->channel;
    hew__lock(&shared->lock);
    hew_message *message = shared->first;
    shared->first = (hew_message *)(void *)message->block.next;
    if (!shared->first) shared->last = NULL;
    shared->length--;
    if (shared->length <= shared->capacity / 2) wake_senders(self->worker, shared);
    hew__unlock(&shared->lock);
    hew__list_push(&self->heap, &message->block);
    return message;
}

int64_t hew_channel_length(hew_block *end) {
    channel *shared = end_of(end)->channel;
    if (!shared) return 0;
    hew__lock(&shared->lock);
    int64_t length = shared->length;
    hew__unlock(&shared->lock);
    return length;
}

/* --- closing --- */

static void drop_items(hew_actor *self, hew_message *first) {
    hew__must_hold_none();
    while (first) {
        hew_message *message = first;
        first = (hew_message *)(void *)message->block.next;
        hew__message_drop(self, message, HEW_ASK_CANCELLED);
    }
}

static void end_detach(hew_actor *self, channel_end *end) {
    channel *shared = end->channel;
    if (!shared) return;
    hew_message *left = NULL;
    hew__lock(&shared->lock);
    unlist(shared, end);
    end->channel = NULL;
    if (hew__type_id(&end->block) == HEW_TYPE_SENDER) {
        if (end->is_guarded && self->trap_code != 0) shared->is_faulty = true;
        if (--shared->senders == 0 || shared->is_faulty) wake_reader(self->worker, shared);
    } else {
        shared->is_open = false;
        shared->reader = NULL;
        left = shared->first;
        shared->first = shared->last = NULL;
        shared->length = 0;
        wake_senders(self->worker, shared);
    }
    bool is_last = --shared->ends == 0;
    if (is_last) { /* the receiver may never have been made */
        left = left ? left : shared->first;
        shared->first = NULL;
    }
    hew__unlock(&shared->lock);
    drop_items(self, left);
    if (!is_last) return;
    if (shared->outlet.close) shared->outlet.close(shared->outlet.file);
    hew__lock_deinit(&shared->lock);
    hew__free(self->worker, shared);
}

void hew_channel_close(hew_actor *self, hew_block *end) { end_detach(self, end_of(end)); }

void hew__sender_close(hew_actor *self, hew_block *block) {
    end_detach(self, end_of(block));
    hew__block_free(self, block);
}

void hew__receiver_close(hew_actor *self, hew_block *block) { hew__sender_close(self, block); }

_Noreturn void hew_stream_fault(hew_actor *self, hew_block *receiver) {
    channel *shared = end_of(receiver)->channel;
    static const char before[] = "receive-gen stream: producer actor ";
    static const char after[] = " crashed";
    const char *name = shared && shared->producer ? shared->producer : "?";
    hew_block *text = hew_string_from_bytes(self, before, sizeof before - 1);
    hew_block *middle = hew_string_from_bytes(self, name, (int64_t)strlen(name));
    hew_block *end = hew_string_from_bytes(self, after, sizeof after - 1);
    text = hew_string_append(self, hew_string_append(self, text, middle), end);
    hew_trap_message(self, HEW_TRAP_STREAM_FAULT, text);
}
