/* Probes: a question for a child's pid, which goes on to its supervisor when the child ends instead of answering. */
#include "hew/link.h"
#include "hew/mailbox.h"

void hew__probe_answer(hew_actor *self, hew_message *message, uint64_t pid) {
    hew_reply *cell = message->reply;
    message->reply = NULL;
    message->handler = 0; /* an ordinary message again: nothing to hand on */
    if (cell && pid) *(uint64_t *)(void *)cell->value = pid;
    if (cell) hew__reply_finish(self, cell, pid != 0, HEW_ASK_ACTOR_STOPPED);
    hew__message_drop(self, message, HEW_ASK_CANCELLED);
}

bool hew__probe_forward(hew_worker *worker, hew_message *message) {
    hew_probe *probe = hew__payload(message);
    hew_actor *owner = hew__slot_of(probe->supervisor);
    bool comes_from_there = message->generation == (uint32_t)(probe->supervisor >> 32) && probe->is_forwarded;
    if (comes_from_there || !hew__is_current(owner, probe->supervisor)) return false;
    message->generation = (uint32_t)(probe->supervisor >> 32);
    probe->is_forwarded = 1; /* once: what the supervisor drops is dropped */
    return hew__mailbox_push(worker, owner, message);
}
