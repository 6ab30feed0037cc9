/* Waiting of every kind: a flood into a mailbox of 4, a channel of 2 with a sender and a receiver in
 * different actors and one left half read, sleeps, and a periodic handler. */
#include "program.h"

enum { FLOOD = 5000, ITEMS = 500, TICKS = 3 };

/* --- sink: counts what it gets; mailbox of 4, policy block --- */

enum { SINK_PUT = 1, SINK_COUNT };

static hew_block *sink_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    int64_t *count = test_state(self);
    if (handler == SINK_PUT) {
        hew_release(self, *(hew_block **)test_payload(message));
        ++*count;
    } else if (handler == SINK_COUNT) {
        int64_t *reply = hew_reply_begin(self, sizeof *count);
        if (reply) *reply = *count;
        hew_reply_send(self);
    }
    return NULL;
}

static const hew_mailbox_spec small = {.capacity = 4, .policy = HEW_MAILBOX_BLOCK};
static const hew_handler sink_handlers[] = {{"init"}, {"put"}, {"count"}};
static const hew_actor_type sink_type = {.name = "Sink", .state_size = 8, .handler_count = 3, .dispatch = sink_dispatch,
                                         .mailbox = &small, .handlers = sink_handlers};

/* --- ticker: counts its ticks --- */

static hew_block *ticker_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    int64_t *count = test_state(self);
    (void)message;
    if (handler == 1) ++*count;
    if (handler == 2) {
        int64_t *reply = hew_reply_begin(self, sizeof *count);
        if (reply) *reply = *count;
        hew_reply_send(self);
    }
    return NULL;
}

static const hew_periodic every_millisecond[] = {{.handler = 1, .nanoseconds = 1000000}};
static const hew_handler ticker_handlers[] = {{"init"}, {"tick"}, {"count"}};
static const hew_actor_type ticker_type = {.name = "Ticker", .state_size = 8, .handler_count = 3, .dispatch = ticker_dispatch,
                                           .periodics = every_millisecond, .periodic_count = 1, .handlers = ticker_handlers};

/* --- pump: sends ITEMS strings into the channel it was given --- */

typedef struct pump_frame {
    hew_frame frame;
    hew_block *sender;
    hew_message *held;
    int64_t sent;
} pump_frame;

static int32_t pump_resume(hew_actor *self, hew_block *block) {
    pump_frame *frame = (pump_frame *)(void *)block;
    while (frame->sent < ITEMS) {
        if (!frame->held) {
            frame->held = hew_message_new(self, 0, sizeof(hew_block *));
            *(hew_block **)test_payload(frame->held) = hew_detach(self, test_blocks(frame->held), hew_string_from_i64(self, frame->sent));
        }
        frame->held = hew_channel_try_send(self, frame->sender, frame->held);
        if (hew_message_is_held(frame->held)) return HEW_FRAME_WAITING;
        if (hew_status(self) == HEW_IO_CLOSED) break;
        frame->sent++;
    }
    hew_release(self, frame->sender);
    frame->sender = NULL;
    return HEW_FRAME_DONE;
}

static void pump_drop(hew_actor *self, hew_block *block) {
    pump_frame *frame = (pump_frame *)(void *)block;
    hew_message_free(self, frame->held);
    hew_release(self, frame->sender);
}

static hew_block *pump_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    return test_frame(self, pump_resume, pump_drop, sizeof(pump_frame), *(uint64_t *)test_payload(message));
}

static const hew_handler pump_handlers[] = {{"init"}};
static const hew_actor_type pump_type = {.name = "Pump", .handler_count = 1, .dispatch = pump_dispatch, .handlers = pump_handlers};

/* --- main --- */

typedef struct main_frame {
    hew_frame frame;
    uint64_t sink;
    uint64_t ticker;
    int64_t step;
    int64_t done;
    hew_block *wait;
    hew_block *half_read;
} main_frame;

static bool step_flood(hew_actor *self, main_frame *frame) {
    while (frame->done < FLOOD) {
        hew_message *message = hew_message_new(self, SINK_PUT, sizeof(hew_block *));
        *(hew_block **)test_payload(message) = hew_detach(self, test_blocks(message), test_string(self, "piece"));
        frame->done++;
        if (hew_actor_tell(self, frame->sink, message)) return false;
    }
    frame->wait = hew_actor_ask(self, frame->sink, hew_message_new(self, SINK_COUNT, 0), 8);
    return true;
}

static hew_block *start_pump(hew_actor *self) {
    hew_block *sender = hew_channel_new(self, 2);
    hew_block *receiver = hew_channel_receiver(self, sender);
    hew_message *init = hew_message_new(self, 0, sizeof(hew_block *));
    *(hew_block **)test_payload(init) = hew_detach(self, test_blocks(init), sender);
    hew_actor_spawn(self, &pump_type, init);
    return receiver;
}

static bool step_receive(hew_actor *self, main_frame *frame) {
    for (;;) {
        int32_t state = hew_channel_poll(self, frame->wait);
        if (state == HEW_CHANNEL_PENDING) return false;
        if (state == HEW_CHANNEL_CLOSED) break;
        hew_message *message = hew_channel_take(self, frame->wait);
        hew_block *text = *(hew_block **)hew_message_open(self, message);
        hew_message_free_shell(self, message);
        TEST(hew_parse_i64(self, text, 10) == frame->done && hew_status(self) == HEW_IO_OK);
        hew_release(self, text);
        frame->done++;
    }
    TEST(frame->done == ITEMS);
    return true;
}

static int64_t take_count(hew_actor *self, main_frame *frame) {
    TEST(hew_reply_status(frame->wait) == HEW_ASK_VALUE);
    int64_t count = *(int64_t *)hew_reply_value(self, frame->wait);
    hew_release(self, frame->wait);
    frame->wait = NULL;
    return count;
}

static int32_t main_resume(hew_actor *self, hew_block *block) {
    main_frame *frame = (main_frame *)(void *)block;
    switch (frame->step) {
    case 0:
        if (!step_flood(self, frame)) return HEW_FRAME_WAITING;
        frame->step = 1; /* fall through */
    case 1:
        if (!hew_reply_poll(self, frame->wait)) return HEW_FRAME_WAITING;
        TEST(take_count(self, frame) == FLOOD);
        frame->wait = start_pump(self);
        frame->half_read = start_pump(self);
        frame->done = 0;
        frame->step = 2; /* fall through */
    case 2:
        if (!step_receive(self, frame)) return HEW_FRAME_WAITING;
        hew_release(self, frame->wait);
        frame->wait = hew_timer_start(self, 300000000);
        frame->step = 3; /* fall through */
    case 3:
        if (!hew_timer_poll(self, frame->wait)) return HEW_FRAME_WAITING;
        hew_release(self, frame->wait);
        frame->wait = hew_actor_ask(self, frame->ticker, hew_message_new(self, 2, 0), 8);
        frame->step = 4; /* fall through */
    default:
        if (!hew_reply_poll(self, frame->wait)) return HEW_FRAME_WAITING;
        TEST(take_count(self, frame) >= TICKS);
        TEST(hew_channel_length(frame->half_read) == 2);
        return HEW_FRAME_DONE; /* main_drop releases the rest */
    }
}

static void main_drop(hew_actor *self, hew_block *block) {
    main_frame *frame = (main_frame *)(void *)block;
    hew_release(self, frame->wait);
    hew_release(self, frame->half_read);
}

static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    uint64_t sink = hew_actor_spawn(self, &sink_type, hew_message_new(self, 0, 0));
    uint64_t ticker = hew_actor_spawn(self, &ticker_type, hew_message_new(self, 0, 0));
    hew_block *block = hew_frame_new(self, (void *)main_resume, (void *)main_drop, sizeof(main_frame) - sizeof(hew_frame));
    main_frame *frame = (main_frame *)(void *)block;
    frame->sink = sink;
    frame->ticker = ticker;
    return test_run_frame(self, block);
}

static const hew_handler main_handlers[] = {{"main"}};
static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = main_handlers};

int main(int argc, char **argv) {
    hew_program program = {.main_actor = &main_type};
    return hew_main(&program, argc, argv);
}
