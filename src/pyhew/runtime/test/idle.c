/* Waits: "stop" for a signal from outside, "fault" to break the process, "deep" to run out of stack in an
 * actor, else for many sleeping actors, as many as the first argument says. */
#include "program.h"

typedef struct sleeper_frame {
    hew_frame frame;
    hew_block *timer;
} sleeper_frame;

static int32_t sleeper_resume(hew_actor *self, hew_block *block) {
    return hew_timer_poll(self, ((sleeper_frame *)(void *)block)->timer) ? HEW_FRAME_DONE : HEW_FRAME_WAITING;
}

static void sleeper_drop(hew_actor *self, hew_block *block) { hew_release(self, ((sleeper_frame *)(void *)block)->timer); }

static int64_t dive(hew_actor *self, int64_t depth) {
    volatile char room[256] = {(char)depth};
    if ((uintptr_t)__builtin_frame_address(0) < __atomic_load_n((uintptr_t *)(void *)self, __ATOMIC_RELAXED)) hew_safepoint(self);
    return depth < 0 ? 0 : dive(self, depth + 1) + room[0];
}

static hew_block *sleeper_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    int64_t nanoseconds = *(int64_t *)test_payload(message);
    if (nanoseconds < 0) dive(self, 0);
    return test_frame(self, sleeper_resume, sleeper_drop, sizeof(sleeper_frame), (uint64_t)(uintptr_t)hew_timer_start(self, nanoseconds));
}

static const hew_handler handlers[] = {{"init"}};
static const hew_actor_type sleeper_type = {.name = "Sleeper", .state_size = 16, .handler_count = 1, .dispatch = sleeper_dispatch, .handlers = handlers};

static void spawn_sleeper(hew_actor *self, int64_t nanoseconds) {
    hew_message *init = hew_message_new(self, 0, sizeof nanoseconds);
    *(int64_t *)test_payload(init) = nanoseconds;
    hew_actor_spawn(self, &sleeper_type, init);
}

static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    hew_block *argument = hew_arg(self, 1);
    const char *what = argument ? ((hew_string *)(void *)argument)->bytes : "";
    hew_block *ready = test_string(self, "ready");
    int *volatile nowhere = (int *)8;
    hew_print(self, ready, 1, 1);
    hew_release(self, ready);
    bool waits = strcmp(what, "stop") == 0;
    if (waits) spawn_sleeper(self, 3600000000000);
    else if (strcmp(what, "deep") == 0) spawn_sleeper(self, -1);
    else if (strcmp(what, "fault") == 0) *nowhere = 1;
    else for (int64_t i = hew_parse_i64(self, argument, 10); i > 0; i--) spawn_sleeper(self, 100000000);
    hew_release(self, argument);
    if (!waits) return NULL;
    return test_frame(self, sleeper_resume, sleeper_drop, sizeof(sleeper_frame), (uint64_t)(uintptr_t)hew_timer_start(self, 3600000000000));
}

static const hew_handler main_handlers[] = {{"main"}};
static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = main_handlers};

int main(int argc, char **argv) {
    hew_program program = {.main_actor = &main_type};
    return hew_main(&program, argc, argv);
}
