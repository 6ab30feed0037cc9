/* Foreign code that blocks: with one worker, another actor answers 20 asks meanwhile. Then mailboxes that
 * drop the oldest and that coalesce, filled while their actor is held up. */
#include <time.h>

#include "program.h"

enum { ASKS = 20, PUT = 1, SUM, HOLD };

/* How many actors are held up, whether they may go on, and how many messages they have added. */
static _Atomic int held_up;
static _Atomic int may_go;
static _Atomic int added;

static void hold_up(hew_actor *self) {
    struct timespec pause = {.tv_nsec = 1000000};
    held_up++;
    while (!may_go && !hew_is_cancelled(self)) nanosleep(&pause, NULL);
    held_up--;
}

/* --- holds its mailbox up, then adds what is left in it --- */

typedef struct held {
    int64_t sum;
} held;

static hew_block *held_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    held *state = test_state(self);
    if (handler == HOLD) {
        hew_blocking_begin(self);
        hold_up(self);
        hew_blocking_end(self);
    } else if (handler == PUT) {
        state->sum = state->sum * 10 + ((int64_t *)test_payload(message))[1];
        added++;
    } else if (handler == SUM) {
        int64_t *reply = hew_reply_begin(self, 8);
        if (reply) *reply = state->sum;
        hew_reply_send(self);
    }
    return NULL;
}

static uint64_t first_word(hew_actor *self, const void *payload) {
    (void)self;
    return *(const uint64_t *)payload;
}

static uint64_t (*const keys[])(hew_actor *self, const void *payload) = {NULL, first_word, NULL, NULL};
static const hew_mailbox_spec drop_old = {.capacity = 3, .policy = HEW_MAILBOX_DROP_OLD};
static const hew_mailbox_spec coalesce = {.capacity = 3, .policy = HEW_MAILBOX_COALESCE, .keys = keys, .fallback = HEW_MAILBOX_DROP_NEW};
static const hew_mailbox_spec drop_new = {.capacity = 3, .policy = HEW_MAILBOX_DROP_NEW};
static const hew_handler handlers[] = {{"init"}, {"put"}, {"sum"}, {"hold"}};
static const hew_actor_type held_types[] = {
    {.name = "DropOld", .state_size = sizeof(held), .handler_count = 4, .dispatch = held_dispatch, .mailbox = &drop_old, .handlers = handlers},
    {.name = "Coalesce", .state_size = sizeof(held), .handler_count = 4, .dispatch = held_dispatch, .mailbox = &coalesce, .handlers = handlers},
    {.name = "DropNew", .state_size = sizeof(held), .handler_count = 4, .dispatch = held_dispatch, .mailbox = &drop_new, .handlers = handlers},
};

/* --- main --- */

typedef struct main_frame {
    hew_frame frame;
    uint64_t held[3];
    hew_block *wait;
    int64_t step;
    int64_t asked;
} main_frame;

static hew_block *ask_sum(hew_actor *self, uint64_t pid) { return hew_actor_ask(self, pid, hew_message_new(self, SUM, 0), 8); }

static int64_t take_sum(hew_actor *self, main_frame *frame) {
    TEST(hew_reply_status(frame->wait) == HEW_ASK_VALUE);
    int64_t sum = *(int64_t *)hew_reply_value(self, frame->wait);
    hew_release(self, frame->wait);
    frame->wait = NULL;
    return sum;
}

static void fill(hew_actor *self, uint64_t pid) {
    static const int64_t puts[7][2] = {{1, 1}, {2, 2}, {3, 3}, {2, 4}, {5, 5}, {1, 6}, {6, 7}};
    for (int i = 0; i < 7; i++) {
        hew_message *message = hew_message_new(self, PUT, 16);
        memcpy(test_payload(message), puts[i], 16);
        hew_actor_send(self, pid, message);
    }
}

/* The drop_old actor is busy in foreign code; the second answers all the time. */
static bool step_asks(hew_actor *self, main_frame *frame) {
    for (; frame->asked < ASKS; frame->asked++) {
        if (!frame->wait) frame->wait = ask_sum(self, frame->held[1]);
        if (!hew_reply_poll(self, frame->wait)) return false;
        TEST(take_sum(self, frame) == 0);
    }
    return true;
}

/* Looks every millisecond. */
static bool is_count(hew_actor *self, main_frame *frame, _Atomic int *count, int wanted) {
    while (*count != wanted) {
        if (!frame->wait) frame->wait = hew_timer_start(self, 1000000);
        if (!hew_timer_poll(self, frame->wait)) return false;
        hew_release(self, frame->wait);
        frame->wait = NULL;
    }
    hew_release(self, frame->wait);
    frame->wait = NULL;
    return true;
}

static int32_t main_resume(hew_actor *self, hew_block *block) {
    static const int64_t sums[3] = {567, 643, 123};
    main_frame *frame = (main_frame *)(void *)block;
    if (frame->step == 0) {
        if (!step_asks(self, frame)) return HEW_FRAME_WAITING;
        for (int i = 1; i < 3; i++) hew_actor_send(self, frame->held[i], hew_message_new(self, HOLD, 0));
        frame->step = 1;
    }
    if (frame->step == 1) {
        if (!is_count(self, frame, &held_up, 3)) return HEW_FRAME_WAITING;
        for (int i = 0; i < 3; i++) fill(self, frame->held[i]);
        may_go = 1;
        frame->step = 2;
    }
    if (frame->step == 2) {
        if (!is_count(self, frame, &added, 9)) return HEW_FRAME_WAITING;
        frame->step = 3;
    }
    for (; frame->step < 6; frame->step++) {
        if (!frame->wait) frame->wait = ask_sum(self, frame->held[frame->step - 3]);
        if (!hew_reply_poll(self, frame->wait)) return HEW_FRAME_WAITING;
        TEST(take_sum(self, frame) == sums[frame->step - 3]);
    }
    return HEW_FRAME_DONE;
}

static void main_drop(hew_actor *self, hew_block *block) { hew_release(self, ((main_frame *)(void *)block)->wait); }

static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    hew_block *block = hew_frame_new(self, (void *)main_resume, (void *)main_drop, sizeof(main_frame) - sizeof(hew_frame));
    main_frame *frame = (main_frame *)(void *)block;
    for (int i = 0; i < 3; i++) frame->held[i] = hew_actor_spawn(self, &held_types[i], hew_message_new(self, 0, 0));
    hew_actor_send(self, frame->held[0], hew_message_new(self, HOLD, 0));
    return test_run_frame(self, block);
}

static const hew_handler main_handlers[] = {{"main"}};
static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = main_handlers};

int main(int argc, char **argv) {
    hew_program program = {.main_actor = &main_type};
    return hew_main(&program, argc, argv);
}
