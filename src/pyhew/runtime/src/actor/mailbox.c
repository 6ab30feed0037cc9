/* Many senders push, the token's holder takes everything at once.
 *
 *   head == null        empty
 *   head -> newest ...  linked through block.next to the oldest
 *   head == HEW_CLOSED  the actor has ended; never left until the slot is taken again
 *
 * Only the push that finds the head empty wakes the actor: any later push is seen when that
 * wake-up is served, because taking empties the head. `inbox` holds what was taken, oldest first.
 * `depth` counts both parts; it may overshoot the capacity by one per sender, and it falls in lumps. */
#include "hew/link.h"
#include "hew/sched.h"

/* Messages taken before `depth` is lowered. */
enum { MOST_AT_ONCE = 32 };

bool hew__mailbox_push(hew_worker *worker, hew_actor *target, hew_message *message) {
    hew_message *head = atomic_load_explicit(&target->head, memory_order_relaxed);
    do {
        if (head == HEW_CLOSED) return false;
        message->block.next = (hew_block *)(void *)head;
        /* release: publishes the message; pairs with the acquire in mailbox_take */
    } while (!atomic_compare_exchange_weak_explicit(&target->head, &head, message, memory_order_release, memory_order_relaxed));
    atomic_fetch_add_explicit(&target->depth, 1, memory_order_relaxed); /* a bound, not a lock */
    if (!head) hew__wake_for_mail(worker, target);
    return true;
}

static hew_message *reverse(hew_message *newest) {
    hew_message *oldest = NULL;
    while (newest) {
        hew_message *next = (hew_message *)(void *)newest->block.next;
        newest->block.next = (hew_block *)(void *)oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

static hew_message *mailbox_take(hew_actor *self) {
    if (!atomic_load_explicit(&self->head, memory_order_relaxed)) return NULL;
    return reverse(atomic_exchange_explicit(&self->head, NULL, memory_order_acquire));
}

hew_message *hew__mailbox_pop(hew_actor *self) {
    if (!self->inbox) self->inbox = hew__mailbox_trim(self, mailbox_take(self));
    hew_message *message = self->inbox;
    if (!message) return NULL;
    self->inbox = (hew_message *)(void *)message->block.next;
    /* Told to the senders in lumps: each time costs them the cache line. */
    uint32_t lump = hew__mailbox_capacity(self) / 4;
    if (++self->taken >= (lump < MOST_AT_ONCE ? lump : MOST_AT_ONCE) || !self->inbox) {
        /* seq_cst: before the look at waiting senders */
        atomic_fetch_sub_explicit(&self->depth, self->taken, memory_order_seq_cst);
        self->taken = 0;
        hew__waiters_wake_at_half(self->worker, self);
    }
    return message;
}

bool hew__mailbox_is_empty(hew_actor *self) {
    return !self->inbox && !atomic_load_explicit(&self->head, memory_order_relaxed);
}

void hew__mailbox_close(hew_actor *self) {
    /* seq_cst: closed before the looks at waiting senders and watches */
    hew_message *late = reverse(atomic_exchange_explicit(&self->head, HEW_CLOSED, memory_order_seq_cst));
    hew_message *lists[2] = {self->inbox, late};
    self->inbox = NULL;
    for (int i = 0; i < 2; i++) {
        while (lists[i]) {
            hew_message *message = lists[i];
            lists[i] = (hew_message *)(void *)message->block.next;
            hew__message_drop(self, message, HEW_ASK_ACTOR_STOPPED);
        }
    }
}
