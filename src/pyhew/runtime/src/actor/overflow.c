/* What the receiver does to a mailbox that holds more than its capacity.
 *
 * A sender cannot look at messages that are queued, so `drop_old` and `coalesce` let it overshoot, and the receiver
 * decides when it takes the messages, before the first is handled: what is observed is as if each had been decided on arrival.
 * The first message of an actor and the runtime's own are never dropped. */
#include "hew/sched.h"

typedef struct queue {
    hew_message *first;
    hew_message **end;
    uint32_t count;
} queue;

static hew_message **next_of(hew_message *message) { return (hew_message **)(void *)&message->block.next; }

static bool is_protected(const hew_message *message) { return message->handler == 0 || message->handler >= HEW_HANDLER_FIRST_SYSTEM; }

static void append(queue *to, hew_message *message) {
    *next_of(message) = NULL;
    *to->end = message;
    to->end = next_of(message);
    to->count++;
}

static void refuse(hew_actor *self, hew_message *message) {
    self->inbox_count--;
    hew__message_drop(self, message, HEW_ASK_MAILBOX_FULL);
}

static void drop_oldest(hew_actor *self, queue *from) {
    for (hew_message **link = &from->first; *link; link = next_of(*link)) {
        hew_message *message = *link;
        if (is_protected(message)) continue;
        *link = *next_of(message);
        if (from->end == next_of(message)) from->end = link;
        from->count--;
        refuse(self, message);
        return;
    }
}

static bool has_key(const hew_mailbox_spec *spec, const hew_message *message) {
    return spec->keys && !is_protected(message) && spec->keys[message->handler];
}

/* Puts the newcomer in the place of a queued message of the same kind and key; false when there is none. */
static bool replace(hew_actor *self, queue *in, hew_message *newcomer) {
    const hew_mailbox_spec *spec = self->type->mailbox;
    if (!has_key(spec, newcomer)) return false;
    uint64_t (*key)(hew_actor *self, const void *payload) = spec->keys[newcomer->handler];
    uint64_t wanted = key(self, hew__payload(newcomer));
    for (hew_message **link = &in->first; *link; link = next_of(*link)) {
        hew_message *message = *link;
        if (message->handler != newcomer->handler || key(self, hew__payload(message)) != wanted) continue;
        *next_of(newcomer) = *next_of(message);
        if (in->end == next_of(message)) in->end = next_of(newcomer);
        *link = newcomer;
        refuse(self, message);
        return true;
    }
    return false;
}

static void admit(hew_actor *self, queue *to, hew_message *message) {
    const hew_mailbox_spec *spec = self->type->mailbox;
    if (is_protected(message)) { /* takes no room: an actor's own init must not cost it a message */
        append(to, message);
        to->count--;
        return;
    }
    if (to->count < spec->capacity) {
        append(to, message);
        return;
    }
    uint32_t policy = spec->policy;
    if (policy == HEW_MAILBOX_COALESCE) {
        if (replace(self, to, message)) return;
        policy = spec->fallback;
    }
    if (policy == HEW_MAILBOX_DROP_NEW || policy == HEW_MAILBOX_FAIL) {
        refuse(self, message);
        return;
    }
    if (policy == HEW_MAILBOX_DROP_OLD) drop_oldest(self, to);
    append(to, message);
}

hew_message *hew__mailbox_trim(hew_actor *self, hew_message *oldest) {
    queue kept = {.first = NULL, .end = &kept.first, .count = 0};
    while (oldest) {
        hew_message *message = oldest;
        oldest = *next_of(message);
        admit(self, &kept, message);
    }
    return kept.first;
}
