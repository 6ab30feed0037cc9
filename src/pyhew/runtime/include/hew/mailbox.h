/* The push, for those who send often; its protocol stands in mailbox.c. */
#ifndef HEW_MAILBOX_H
#define HEW_MAILBOX_H

#include "hew/sched.h"

/* How many messages wait now; 0, and the message is still the caller's, when the actor has ended. */
static inline uint32_t hew__mailbox_add(hew_worker *worker, hew_actor *target, hew_message *message) {
    uint64_t head = atomic_load_explicit(&target->head, memory_order_relaxed);
    uint64_t newest = (uint64_t)(uintptr_t)message >> 4;
    uint32_t count;
    do {
        if (head == HEW_CLOSED) return 0;
        count = hew__head_count(head);
        if (count < HEW_MOST_COUNTED) count++;
        message->block.next = (hew_block *)(void *)hew__head_message(head);
        hew__claim();
        /* release: publishes the message; pairs with the acquire in mailbox_take */
    } while (!atomic_compare_exchange_weak_explicit(&target->head, &head, newest | (uint64_t)count << HEW_COUNT_SHIFT, memory_order_release,
                                                    memory_order_relaxed));
    /* Before the wake-up: with that, the message and even the actor may be gone. */
    uint32_t depth = count + atomic_load_explicit(&target->pending, memory_order_relaxed); /* a bound, not a lock */
    if (!head) hew__wake_for_mail(worker, target);
    return depth;
}

#endif
