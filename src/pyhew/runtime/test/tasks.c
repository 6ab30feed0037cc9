/* Scopes: tasks that reply, one that traps and cancels its sleeping sibling, a deadline, a scope that is
 * dropped while its task sleeps. The case comes as the first argument. */
#include "program.h"

enum { FINE = 1, TRAPS, SLEEPS };

typedef struct task_frame {
    hew_frame frame;
    hew_block *timer;
} task_frame;

static int32_t task_resume(hew_actor *self, hew_block *block) {
    task_frame *frame = (task_frame *)(void *)block;
    if (!hew_timer_poll(self, frame->timer)) return HEW_FRAME_WAITING;
    hew_release(self, frame->timer);
    frame->timer = NULL;
    return HEW_FRAME_DONE;
}

static void task_drop(hew_actor *self, hew_block *block) { hew_release(self, ((task_frame *)(void *)block)->timer); }

static hew_block *task_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    int64_t kind = *(int64_t *)test_payload(message);
    hew_block *text = ((hew_block **)test_payload(message))[1];
    if (kind == TRAPS) hew_trap(self, HEW_TRAP_DIVIDE_BY_ZERO, "tasks.hew", 7, 1);
    if (kind == SLEEPS) {
        hew_release(self, text);
        return test_frame(self, task_resume, task_drop, sizeof(task_frame), (uint64_t)(uintptr_t)hew_timer_start(self, 3600000000000));
    }
    hew_block **reply = hew_reply_begin(self, 8);
    *reply = hew_detach(self, hew_reply_blocks(self), text);
    hew_reply_send(self);
    return NULL;
}

static const hew_handler task_handlers[] = {{"task"}};
static const hew_actor_type task_type = {.name = "task", .handler_count = 1, .dispatch = task_dispatch, .handlers = task_handlers};

typedef struct main_frame {
    hew_frame frame;
    hew_block *scope;
    hew_block *cells[2];
    int64_t mode;
} main_frame;

static hew_block *fork_task(hew_actor *self, hew_block *scope, int64_t kind) {
    hew_message *init = hew_message_new(self, 0, 16);
    *(int64_t *)test_payload(init) = kind;
    ((hew_block **)test_payload(init))[1] = hew_detach(self, test_blocks(init), test_string(self, "captured"));
    return hew_scope_fork(self, scope, &task_type, init, 8);
}

static void begin(hew_actor *self, main_frame *frame) {
    static const int64_t kinds[4][2] = {{FINE, FINE}, {SLEEPS, TRAPS}, {SLEEPS, SLEEPS}, {SLEEPS, SLEEPS}};
    frame->scope = hew_scope_open(self);
    for (int i = 0; i < 2; i++) frame->cells[i] = fork_task(self, frame->scope, kinds[frame->mode][i]);
    if (frame->mode == 2) { /* a second one takes the place of the first */
        hew_scope_deadline(self, frame->scope, 60000000000);
        hew_scope_deadline(self, frame->scope, 5000000);
    }
}

static void end(hew_actor *self, main_frame *frame) {
    int32_t status = hew_scope_status(frame->scope);
    TEST(status == (frame->mode == 0 ? 0 : frame->mode == 1 ? 2 : 1));
    for (int i = 0; i < 2 && frame->mode == 0; i++) {
        TEST(hew_reply_poll(self, frame->cells[i]) && hew_reply_status(frame->cells[i]) == HEW_ASK_VALUE);
        hew_block *text = *(hew_block **)hew_reply_value(self, frame->cells[i]);
        TEST(hew_string_length(text) == 8);
        hew_release(self, text);
    }
    hew_scope_rethrow(self, frame->scope);
    TEST(frame->mode != 1);
}

static void main_drop(hew_actor *self, hew_block *block) {
    main_frame *frame = (main_frame *)(void *)block;
    for (int i = 0; i < 2; i++) hew_release(self, frame->cells[i]);
    hew_release(self, frame->scope);
    memset((char *)block + HEW_FRAME_DATA, 0, sizeof *frame - sizeof frame->frame); /* the runtime drops ended frames too */
}

static int32_t main_resume(hew_actor *self, hew_block *block) {
    main_frame *frame = (main_frame *)(void *)block;
    if (!frame->scope) begin(self, frame);
    if (frame->mode < 3) {
        if (!hew_scope_poll(self, frame->scope)) return HEW_FRAME_WAITING;
        end(self, frame);
    }
    main_drop(self, block);
    return HEW_FRAME_DONE;
}

static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    hew_block *argument = hew_arg(self, 1);
    hew_block *block = hew_frame_new(self, (void *)main_resume, (void *)main_drop, sizeof(main_frame) - sizeof(hew_frame));
    ((main_frame *)(void *)block)->mode = hew_parse_i64(self, argument, 10);
    hew_release(self, argument);
    return test_run_frame(self, block);
}

static const hew_handler main_handlers[] = {{"main"}};
static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = main_handlers};

int main(int argc, char **argv) {
    hew_program program = {.main_actor = &main_type};
    return hew_main(&program, argc, argv);
}
