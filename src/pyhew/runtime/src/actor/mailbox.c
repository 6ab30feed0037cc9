/* Many senders push, the token's holder takes everything at once.
 *
 *   head == 0           empty
 *   head -> newest ...  linked through block.next to the oldest, with their number
 *   head == HEW_CLOSED  the actor has ended; never left until the slot is taken again
 *
 * Only the push that finds the head empty wakes the actor: any later push is seen when that
 * wake-up is served, because taking empties the head. `inbox` holds what was taken, oldest first, `inbox_count` of them;
 * `pending` tells senders that number, and is written in lumps because each time costs them the cache line.
 * What a sender counts may exceed the capacity by one per sender, and misses a batch at the moment it is taken. */
#include "hew/link.h"
#include "hew/mailbox.h"
#include "hew/sched.h"

/* Messages taken before `pending` is lowered; a power of two. A mailbox of few lumps lowers it each time. */
enum { LUMP = 32, FEW_LUMPS = 4 };

bool hew__mailbox_push(hew_worker *worker, hew_actor *target, hew_message *message) {
    return hew__mailbox_add(worker, target, message) != 0;
}

/* A list, oldest first, of the messages that hang on `newest`. */
static hew_message *reverse(hew_message *newest, uint32_t *count) {
    hew_message *oldest = NULL;
    while (newest) {
        hew_message *next = (hew_message *)(void *)newest->block.next;
        newest->block.next = (hew_block *)(void *)oldest;
        oldest = newest;
        newest = next;
        ++*count;
    }
    return oldest;
}

static void tell_senders(hew_actor *self) {
    /* seq_cst: before the look at waiting senders */
    atomic_store_explicit(&self->pending, self->inbox_count, memory_order_seq_cst);
}

static bool mailbox_take(hew_actor *self) {
    if (!atomic_load_explicit(&self->head, memory_order_relaxed)) return false;
    hew__claim();
    /* acquire: pairs with the release in mailbox_add */
    hew_message *newest = hew__head_message(atomic_exchange_explicit(&self->head, 0, memory_order_acquire));
    self->inbox_count = 0;
    self->inbox = reverse(newest, &self->inbox_count);
    if (hew__mailbox_trims(self)) self->inbox = hew__mailbox_trim(self, self->inbox);
    tell_senders(self);
    return self->inbox != NULL;
}

static bool ends_a_lump(const hew_actor *self, uint32_t left) {
    if (left % LUMP == 0) return true;
    const hew_mailbox_spec *spec = self->type->mailbox;
    return spec && spec->capacity < FEW_LUMPS * LUMP;
}

hew_message *hew__mailbox_pop(hew_actor *self) {
    if (!self->inbox && !mailbox_take(self)) return NULL;
    hew_message *message = self->inbox;
    self->inbox = (hew_message *)(void *)message->block.next;
    if (ends_a_lump(self, --self->inbox_count)) {
        tell_senders(self);
        hew__waiters_wake_at_half(self->worker, self);
    }
    return message;
}

bool hew__mailbox_is_empty(hew_actor *self) {
    return !self->inbox && !atomic_load_explicit(&self->head, memory_order_relaxed);
}

void hew__mailbox_close(hew_actor *self) {
    hew__claim();
    /* seq_cst: closed before the looks at waiting senders and watches */
    uint64_t last = atomic_exchange_explicit(&self->head, HEW_CLOSED, memory_order_seq_cst);
    uint32_t late = 0;
    hew_message *lists[2] = {self->inbox, reverse(hew__head_message(last), &late)};
    self->inbox = NULL;
    for (int i = 0; i < 2; i++) {
        while (lists[i]) {
            hew_message *message = lists[i];
            lists[i] = (hew_message *)(void *)message->block.next;
            hew__message_drop(self, message, HEW_ASK_ACTOR_STOPPED);
        }
    }
}
