/* A tree of supervisors: restart with owned start arguments, a budget that runs out and is
 * recovered one level up, a probe behind a crash, stopping the tree, and what is left of it. */
#include "program.h"

enum { NAME = 1, CRASH };
enum { ROUNDS = 20 };

/* --- worker: state { string label } built from the supervisor's arguments { string } --- */

typedef struct worker {
    hew_block *label;
} worker;

static hew_block *worker_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    worker *state = test_state(self);
    (void)message;
    if (handler == CRASH) hew_panic(self, test_string(self, "as asked"));
    hew_block **reply = hew_reply_begin(self, sizeof(hew_block *));
    if (reply) {
        hew_retain(state->label);
        *reply = hew_detach(self, hew_reply_blocks(self), state->label);
    }
    hew_reply_send(self);
    return NULL;
}

static void worker_drop(hew_actor *self) { hew_release(self, ((worker *)test_state(self))->label); }

static hew_block *worker_start(hew_actor *self, const void *args, const uint64_t *siblings) {
    (void)siblings;
    ((worker *)test_state(self))->label = hew_deep_copy(self, *(hew_block *const *)args);
    return NULL;
}

static const hew_handler worker_handlers[] = {{"init"}, {"name"}, {"crash"}};
static const hew_actor_type worker_type = {.name = "Worker", .state_size = sizeof(worker), .handler_count = 3,
                                           .dispatch = worker_dispatch, .drop_state = worker_drop, .handlers = worker_handlers};

static hew_message *inner_arguments(hew_actor *self, const void *args, const uint64_t *siblings) {
    (void)siblings;
    hew_message *message = hew_message_new(self, 0, sizeof(hew_block *));
    hew_block *label = hew_deep_copy(self, *(hew_block *const *)args);
    label = hew_string_append(self, label, NULL);
    *(hew_block **)test_payload(message) = hew_detach(self, test_blocks(message), label);
    return message;
}

static const uint32_t first_only[] = {0};
static const hew_child_spec inner_children[] = {
    {.name = "first", .actor = &worker_type, .start = worker_start, .shutdown = 5000000000},
    {.name = "second", .actor = &worker_type, .start = worker_start, .shutdown = 5000000000, .wired = first_only, .wired_count = 1},
};
static const hew_supervisor_spec inner_spec = {.name = "Inner", .strategy = HEW_STRATEGY_ONE_FOR_ALL, .intensity = 2, .window = 60000000000,
                                               .child_count = 2, .children = inner_children};
static const hew_child_spec outer_children[] = {
    {.name = "inner", .supervisor = &inner_spec, .arguments = inner_arguments, .shutdown = -1},
    {.name = "pool", .actor = &worker_type, .start = worker_start, .shutdown = 0, .is_pool = 1, .pool_size = 3},
};
static const hew_supervisor_spec outer_spec = {.name = "Outer", .strategy = HEW_STRATEGY_ONE_FOR_ONE, .intensity = 1000, .window = 60000000000,
                                               .child_count = 2, .children = outer_children};

/* --- main --- */

typedef struct main_frame {
    hew_frame frame;
    uint64_t outer;
    hew_block *cell;
    int64_t round;
    int64_t step;
    int64_t is_behind; /* the inner supervisor gave up and its successor is awaited */
} main_frame;

static void tell_crash(hew_actor *self, uint64_t pid) { hew_actor_send(self, pid, hew_message_new(self, CRASH, 0)); }

static hew_block *begin_step(hew_actor *self, main_frame *frame) {
    uint64_t inner = hew_supervisor_child(self, frame->outer, 0);
    switch (frame->step) {
    case 0:
        if (frame->is_behind) return hew_supervisor_await_restart(self, frame->outer, 0);
        tell_crash(self, hew_supervisor_child(self, inner, 1));
        return hew_supervisor_await_restart(self, inner, 1);
    case 1: {
        uint64_t member = hew_supervisor_pool_child(self, frame->outer, 1, frame->round % 3);
        TEST(hew_supervisor_pool_length(self, frame->outer, 1) == 3);
        return hew_actor_ask(self, member, hew_message_new(self, NAME, 0), sizeof(hew_block *));
    }
    default: return hew_supervisor_stop(self, frame->outer);
    }
}

static void end_step(hew_actor *self, main_frame *frame) {
    int32_t status = hew_reply_status(frame->cell);
    if (frame->step == 1 && status == HEW_ASK_VALUE) {
        hew_block *name = *(hew_block **)hew_reply_value(self, frame->cell);
        TEST(strcmp(((hew_string *)(void *)name)->bytes, "label") == 0);
        hew_release(self, name);
    }
    hew_release(self, frame->cell);
    frame->cell = NULL;
    if (frame->step == 0 && (status != HEW_ASK_VALUE || frame->is_behind)) {
        TEST(!frame->is_behind || status == HEW_ASK_VALUE);
        frame->is_behind = !frame->is_behind;
        if (!frame->is_behind) frame->step = 1;
    } else if (frame->step == 0) frame->step = 1;
    else if (frame->step == 1 && ++frame->round < ROUNDS) frame->step = 0;
    else frame->step++;
}

static int32_t main_resume(hew_actor *self, hew_block *block) {
    main_frame *frame = (main_frame *)(void *)block;
    while (frame->step < 3) {
        if (!frame->cell) frame->cell = begin_step(self, frame);
        if (!hew_reply_poll(self, frame->cell)) return HEW_FRAME_WAITING;
        end_step(self, frame);
    }
    TEST(!hew_actor_is_alive(frame->outer));
    return HEW_FRAME_DONE;
}

static void main_drop(hew_actor *self, hew_block *block) { hew_release(self, ((main_frame *)(void *)block)->cell); }

static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    hew_message *args = hew_message_new(self, 0, sizeof(hew_block *));
    *(hew_block **)test_payload(args) = hew_detach(self, test_blocks(args), test_string(self, "label"));
    uint64_t outer = hew_supervisor_start(self, &outer_spec, args);
    return test_frame(self, main_resume, main_drop, sizeof(main_frame), outer);
}

static const hew_handler main_handlers[] = {{"main"}};
static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = main_handlers};

int main(int argc, char **argv) {
    hew_program program = {.main_actor = &main_type};
    return hew_main(&program, argc, argv);
}
