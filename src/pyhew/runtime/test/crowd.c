/* Spinning actors, as many as there are workers, must not keep another from answering: hand-over at
 * their safepoints. Then they are told to end, and the one that will not is killed. */
#include "program.h"

enum { SPIN = 1, ASKS = 50 };

/* A loop as the compiler writes it: one comparison of the stack pointer per round. */
static hew_block *spinner_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)message;
    if (handler != SPIN) return NULL;
    for (volatile uint64_t i = 0;; i++) {
        if ((uintptr_t)__builtin_frame_address(0) < __atomic_load_n((uintptr_t *)(void *)self, __ATOMIC_RELAXED)) hew_safepoint(self);
    }
}

static hew_block *answer_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)message;
    if (handler == 0) return NULL;
    hew_reply_begin(self, 8);
    hew_reply_send(self);
    return NULL;
}

static const hew_handler handlers[] = {{"init"}, {"go"}};
static const hew_actor_type spinner_type = {.name = "Spinner", .handler_count = 2, .dispatch = spinner_dispatch, .handlers = handlers};
static const hew_actor_type answer_type = {.name = "Answer", .handler_count = 2, .dispatch = answer_dispatch, .handlers = handlers};

typedef struct main_frame {
    hew_frame frame;
    uint64_t answer;
    hew_block *cell;
    int64_t asked;
} main_frame;

static int32_t main_resume(hew_actor *self, hew_block *block) {
    main_frame *frame = (main_frame *)(void *)block;
    while (frame->asked < ASKS) {
        if (!frame->cell) frame->cell = hew_actor_ask(self, frame->answer, hew_message_new(self, 1, 0), 8);
        if (!hew_reply_poll(self, frame->cell)) return HEW_FRAME_WAITING;
        TEST(hew_reply_status(frame->cell) == HEW_ASK_VALUE);
        hew_release(self, frame->cell);
        frame->cell = NULL;
        frame->asked++;
    }
    hew_exit(self, 5);
}

static void main_drop(hew_actor *self, hew_block *block) { hew_release(self, ((main_frame *)(void *)block)->cell); }

static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    for (int i = 0; i < 4; i++) {
        uint64_t spinner = hew_actor_spawn(self, &spinner_type, hew_message_new(self, 0, 0));
        hew_actor_send(self, spinner, hew_message_new(self, SPIN, 0));
    }
    uint64_t answer = hew_actor_spawn(self, &answer_type, hew_message_new(self, 0, 0));
    return test_frame(self, main_resume, main_drop, sizeof(main_frame), answer);
}

static const hew_handler main_handlers[] = {{"main"}};
static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = main_handlers};

int main(int argc, char **argv) {
    hew_program program = {.main_actor = &main_type};
    return hew_main(&program, argc, argv);
}
