/* What generated code does for: a counter actor that is told and asked, 1,000 times each, with
 * owned strings in both directions; then a handler that traps while it is asked. */
#include <stdio.h>
#include <string.h>

#include "program.h"

enum { ADD = 1, NAME, TRAP };
enum { ROUNDS = 1000 };

/* --- the counter: state { i64 total; string label } --- */

typedef struct counter {
    int64_t total;
    hew_block *label;
} counter;

static hew_block *counter_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    counter *state = test_state(self);
    switch (handler) {
    case 0: state->label = *(hew_block **)test_payload(message); break;
    case ADD: state->total += *(int64_t *)test_payload(message); break;
    case NAME: {
        hew_block *suffix = *(hew_block **)test_payload(message);
        hew_block *number = hew_string_from_i64(self, state->total);
        hew_block *name = hew_string_concat(self, state->label, suffix);
        name = hew_string_append(self, name, number);
        hew_release(self, number);
        hew_release(self, suffix);
        hew_block **reply = hew_reply_begin(self, sizeof(hew_block *));
        if (reply) *reply = hew_detach(self, hew_reply_blocks(self), name);
        else hew_release(self, name);
        hew_reply_send(self);
        break;
    }
    default: hew_trap(self, HEW_TRAP_INDEX_OUT_OF_BOUNDS, "ask.hew", 3, 5);
    }
    return NULL;
}

static void counter_drop(hew_actor *self) {
    counter *state = test_state(self);
    hew_release(self, state->label);
}

static const hew_handler counter_handlers[] = {{"init"}, {"add"}, {"name"}, {"trap"}};
static const hew_actor_type counter_type = {.name = "Counter", .state_size = sizeof(counter), .handler_count = 4,
                                            .dispatch = counter_dispatch, .drop_state = counter_drop, .handlers = counter_handlers};

/* --- main: a frame that asks in a loop --- */

typedef struct main_frame {
    hew_frame frame;
    uint64_t pid;
    hew_block *cell;
    int64_t round;
    int64_t length;
} main_frame;

static hew_block *ask_name(hew_actor *self, uint64_t pid) {
    hew_message *message = hew_message_new(self, NAME, sizeof(hew_block *));
    hew_block *suffix = test_string(self, " is ");
    *(hew_block **)test_payload(message) = hew_detach(self, test_blocks(message), suffix);
    return hew_actor_ask(self, pid, message, sizeof(hew_block *));
}

static void tell_add(hew_actor *self, uint64_t pid, int64_t number) {
    hew_message *message = hew_message_new(self, ADD, sizeof number);
    *(int64_t *)test_payload(message) = number;
    hew_actor_send(self, pid, message);
}

/* A handler that never replies, then one that traps. */
static hew_block *ask_in_vain(hew_actor *self, const main_frame *frame) {
    hew_message *message = hew_message_new(self, frame->round == ROUNDS ? ADD : TRAP, sizeof(int64_t));
    *(int64_t *)test_payload(message) = 0;
    return hew_actor_ask(self, frame->pid, message, 8);
}

static int32_t main_resume(hew_actor *self, hew_block *block) {
    main_frame *frame = (main_frame *)(void *)block;
    while (frame->round <= ROUNDS + 1) {
        if (!frame->cell) {
            tell_add(self, frame->pid, 1);
            frame->cell = frame->round < ROUNDS ? ask_name(self, frame->pid) : ask_in_vain(self, frame);
            /* A second limit takes the place of the first. */
            hew_reply_deadline(self, frame->cell, 60000000000);
            hew_reply_deadline(self, frame->cell, 50000000000);
        }
        if (!hew_reply_poll(self, frame->cell)) return HEW_FRAME_WAITING;
        int32_t status = hew_reply_status(frame->cell);
        if (status == HEW_ASK_VALUE) {
            hew_block *name = *(hew_block **)hew_reply_value(self, frame->cell);
            frame->length += hew_string_length(name);
            if (frame->round + 1 == ROUNDS) hew_print(self, name, 1, 0);
            hew_release(self, name);
        } else {
            TEST(status == (frame->round == ROUNDS ? HEW_ASK_ORPHANED_ASK : HEW_ASK_ACTOR_STOPPED));
        }
        hew_release(self, frame->cell);
        frame->cell = NULL;
        frame->round++;
    }
    TEST(frame->length > 8 * ROUNDS);
    hew_set_exit_code(self, 7);
    return HEW_FRAME_DONE;
}

static void main_drop(hew_actor *self, hew_block *block) { hew_release(self, ((main_frame *)(void *)block)->cell); }

static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    hew_message *init = hew_message_new(self, 0, sizeof(hew_block *));
    *(hew_block **)test_payload(init) = hew_detach(self, test_blocks(init), test_string(self, "counter"));
    uint64_t pid = hew_actor_spawn(self, &counter_type, init);
    return test_frame(self, main_resume, main_drop, sizeof(main_frame), pid);
}

static const hew_handler main_handlers[] = {{"main"}};
static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = main_handlers};

int main(int argc, char **argv) {
    hew_program program = {.main_actor = &main_type};
    return hew_main(&program, argc, argv);
}
