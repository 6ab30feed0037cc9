/* Tell, ask, stop: what one actor does to another's mailbox. */
#include "hew/link.h"
#include "hew/mailbox.h"
#include "hew/queue.h"
#include "hew/slots.h"

static bool is_full(hew_actor *target) {
    return hew__mailbox_depth(target) >= hew__mailbox_capacity(target);
}

/* `coalesce` is decided by the receiver, who needs the newcomer for that: it may overshoot, within reason. */
static bool refuses(hew_actor *target) {
    enum { REASON = 4, AND_SOME = 64 };
    const hew_mailbox_spec *spec = target->type->mailbox;
    if (!spec || !is_full(target)) return false;
    if (spec->policy == HEW_MAILBOX_DROP_NEW || spec->policy == HEW_MAILBOX_FAIL) return true;
    bool can_refuse = spec->policy == HEW_MAILBOX_COALESCE && (spec->fallback == HEW_MAILBOX_DROP_NEW || spec->fallback == HEW_MAILBOX_FAIL);
    uint64_t bound = REASON * (uint64_t)hew__mailbox_capacity(target) + AND_SOME;
    return can_refuse && hew__mailbox_depth(target) >= (bound < HEW_MOST_COUNTED ? bound : HEW_MOST_COUNTED);
}

/* Takes `message`; `target` is the slot that `pid` names. SendStatus. */
static int32_t deliver(hew_actor *self, hew_actor *target, uint64_t pid, hew_message *message) {
    int32_t status = HEW_SEND_CLOSED;
    if (hew__is_current(target, pid)) {
        message->generation = (uint32_t)(pid >> 32);
        if (refuses(target)) status = HEW_SEND_FULL;
        if (status != HEW_SEND_FULL && hew__mailbox_push(self->worker, target, message)) {
            hew__count(&self->worker->counters.messages_sent, 1);
            return HEW_SEND_ACCEPTED;
        }
    }
    hew__message_drop(self, message, status == HEW_SEND_FULL ? HEW_ASK_MAILBOX_FULL : HEW_ASK_ACTOR_STOPPED);
    return status;
}

int32_t hew_actor_send(hew_actor *self, uint64_t target, hew_message *message) {
    hew__list_unlink(&message->block);
    return deliver(self, hew__slot_find(target), target, message);
}

static bool has_policy(const hew_actor *target, uint32_t policy) {
    const hew_mailbox_spec *spec = target->type->mailbox;
    if (!spec) return policy == HEW_MAILBOX_BLOCK;
    return spec->policy == policy || (spec->policy == HEW_MAILBOX_COALESCE && spec->fallback == policy);
}

/* A mailbox was overshot by a message: whether its sender waits. */
static int32_t hold(hew_actor *self, uint64_t pid) {
    if (!hew__waiter_add(self, pid)) return 0;
    self->is_held = true;
    return 1;
}

/* It has sent a lot in this turn: it waits for its next one when others wait for theirs, now or after half as many again. */
static int32_t make_way(hew_actor *self) {
    hew_worker *worker = self->worker;
    int64_t now = hew__clock();
    bool is_first_half = worker->half_sent_at == 0;
    self->is_light = !is_first_half && now - worker->half_sent_at < HEW_HALF_OF_SENDS * HEW_LIGHT_NANOSECONDS;
    worker->half_sent_at = now;
    worker->sends_until = worker->counters.messages_sent + HEW_HALF_OF_SENDS;
    if (is_first_half) return 0;
    if (hew__others_waiting(worker) == 0) return 0;
    hew__wake(worker, self); /* running, so it is queued again at once */
    return 1;
}

/* To an actor that declares a mailbox, or has ended. */
static int32_t tell_by_policy(hew_actor *self, hew_actor *target, uint64_t pid, hew_message *message) {
    int32_t status = deliver(self, target, pid, message);
    if (status == HEW_SEND_CLOSED || target == self) return 0;
    if (status == HEW_SEND_FULL && has_policy(target, HEW_MAILBOX_FAIL)) hew__leave(self, HEW_TRAP_MAILBOX_FULL);
    if (!has_policy(target, HEW_MAILBOX_BLOCK) || hew__mailbox_depth(target) <= hew__mailbox_capacity(target)) return 0;
    return hold(self, pid);
}

/* The message is in the mailbox already, so that one that was sent is never half sent; the sender waits afterwards. */
int32_t hew_actor_tell(hew_actor *self, uint64_t pid, hew_message *message) {
    hew_actor *target = hew__slot_find(pid);
    hew__list_unlink(&message->block);
    if (!hew__is_current(target, pid) || target->type->mailbox) return tell_by_policy(self, target, pid, message);
    message->generation = (uint32_t)(pid >> 32);
    uint32_t depth = hew__mailbox_add(self->worker, target, message);
    if (depth == 0) return tell_by_policy(self, target, pid, message);
    bool is_through = hew__count(&self->worker->counters.messages_sent, 1) >= self->worker->sends_until;
    if (depth > HEW_DEFAULT_CAPACITY && target != self) return hold(self, pid);
    return is_through ? make_way(self) : 0;
}

hew_block *hew_actor_ask(hew_actor *self, uint64_t target, hew_message *message, uint64_t reply_size) {
    hew_reply *cell = hew__reply_new(self, reply_size);
    if (!cell) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    message->reply = cell;
    hew__list_unlink(&message->block);
    deliver(self, hew__slot_find(target), target, message);
    return &cell->block;
}

void hew_actor_stop(hew_actor *self, uint64_t target) {
    hew_actor_send(self, target, hew_message_new(self, HEW_HANDLER_STOP, 0));
}

hew_block *hew_actor_stop_ask(hew_actor *self, uint64_t target) {
    return hew_actor_ask(self, target, hew_message_new(self, HEW_HANDLER_STOP, 0), 0);
}
