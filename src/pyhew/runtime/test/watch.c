/* Monitors and links: one notification each for an actor that stops, one that crashes, one that is
 * dead already; a monitor that is dropped in time hears nothing; a lambda actor whose last handle goes. */
#include "program.h"

enum { WATCH = 1, REPORT };
enum { CRASH = 1 };

/* --- target --- */

static hew_block *target_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)message;
    if (handler == CRASH) hew_panic(self, test_string(self, "watched"));
    return NULL;
}

static const hew_handler target_handlers[] = {{"init"}, {"crash"}};
static const hew_actor_type target_type = {.name = "Target", .handler_count = 2, .dispatch = target_dispatch, .handlers = target_handlers};

static uint64_t spawn_target(hew_actor *self) { return hew_actor_spawn(self, &target_type, hew_message_new(self, 0, 0)); }

/* --- watcher --- */

typedef struct watcher {
    hew_block *monitors[4];
    int64_t exited;
    int64_t crashed;
    int64_t linked;
} watcher;

static void watcher_down(hew_actor *self, const hew_down *down) {
    watcher *state = test_state(self);
    TEST(down->monitor == hew_monitor_id(state->monitors[0]) || down->monitor == hew_monitor_id(state->monitors[1]) ||
         down->monitor == hew_monitor_id(state->monitors[2]));
    if (down->reason == HEW_DOWN_EXITED) state->exited++;
    if (down->reason == HEW_DOWN_CRASHED) state->crashed++;
}

static void watcher_exit(hew_actor *self, const hew_down *down) {
    TEST(down->monitor == 0 && down->code == HEW_TRAP_PANIC);
    ((watcher *)test_state(self))->linked++;
}

static void watch_all(hew_actor *self, watcher *state) {
    uint64_t stops = spawn_target(self);
    uint64_t crashes = spawn_target(self);
    hew_block *handle = hew_lambda_new(self, stops);
    state->monitors[0] = hew_monitor(self, stops);
    state->monitors[1] = hew_monitor(self, crashes);
    state->monitors[2] = hew_monitor(self, 0);
    state->monitors[3] = hew_monitor(self, crashes);
    TEST(hew_link(self, crashes) == 0);
    TEST(hew_link(self, crashes) == 1);
    TEST(hew_link(self, stops) == 0);
    hew_unlink(self, stops);
    hew_demonitor(self, state->monitors[3]);
    state->monitors[3] = NULL;
    hew_actor_send(self, crashes, hew_message_new(self, CRASH, 0));
    hew_release(self, handle);
}

static hew_block *watcher_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    watcher *state = test_state(self);
    (void)message;
    if (handler == WATCH) watch_all(self, state);
    if (handler == REPORT) {
        int64_t *reply = hew_reply_begin(self, 8);
        if (reply) *reply = state->exited * 100 + state->crashed * 10 + state->linked;
        hew_reply_send(self);
    }
    return NULL;
}

static void watcher_drop(hew_actor *self) {
    watcher *state = test_state(self);
    for (int i = 0; i < 4; i++) hew_release(self, state->monitors[i]);
}

static const hew_handler watcher_handlers[] = {{"init"}, {"watch"}, {"report"}};
static const hew_actor_type watcher_type = {.name = "Watcher", .state_size = sizeof(watcher), .handler_count = 3, .dispatch = watcher_dispatch,
                                            .drop_state = watcher_drop, .on_down = watcher_down, .on_exit = watcher_exit, .handlers = watcher_handlers};

/* --- main: asks until everything has been heard --- */

typedef struct main_frame {
    hew_frame frame;
    uint64_t watcher;
    hew_block *cell;
} main_frame;

static int32_t main_resume(hew_actor *self, hew_block *block) {
    main_frame *frame = (main_frame *)(void *)block;
    for (;;) {
        if (!frame->cell) frame->cell = hew_actor_ask(self, frame->watcher, hew_message_new(self, REPORT, 0), 8);
        if (!hew_reply_poll(self, frame->cell)) return HEW_FRAME_WAITING;
        TEST(hew_reply_status(frame->cell) == HEW_ASK_VALUE);
        int64_t heard = *(int64_t *)hew_reply_value(self, frame->cell);
        hew_release(self, frame->cell);
        frame->cell = NULL;
        TEST(heard / 100 <= 2 && heard / 10 % 10 <= 1 && heard % 10 <= 1);
        if (heard == 211) return HEW_FRAME_DONE;
    }
}

static void main_drop(hew_actor *self, hew_block *block) { hew_release(self, ((main_frame *)(void *)block)->cell); }

static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    uint64_t pid = hew_actor_spawn(self, &watcher_type, hew_message_new(self, 0, 0));
    hew_actor_send(self, pid, hew_message_new(self, WATCH, 0));
    return test_frame(self, main_resume, main_drop, sizeof(main_frame), pid);
}

static const hew_handler main_handlers[] = {{"main"}};
static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = main_handlers};

int main(int argc, char **argv) {
    hew_program program = {.main_actor = &main_type};
    return hew_main(&program, argc, argv);
}
