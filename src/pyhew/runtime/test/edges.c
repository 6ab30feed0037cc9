/* What no ordinary program does, one case per argument: mail for a slot's former tenant, a close that keeps its resource,
 * closes that trap while others wait to be taken apart, references released twice, an actor that never ends, one that
 * computes when it comes back from foreign code, thousands of lives one after the other.
 * After each, signals are handled as before. */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "hew/sched.h"
#include "program.h"

int64_t hew_supervisor_wait_restart(uint64_t supervisor, int64_t target, int64_t milliseconds);

/* --- an actor that answers, is lost in foreign code, or computes until another one was heard --- */

enum { ANSWER = 1, LOSE, COMPUTE, NOTE };

static _Atomic int is_lost;
static _Atomic int is_noted;

/* Foreign code during which nothing else is to do; then work that makes another actor wait for this one's worker. */
static void compute(hew_actor *self, uint64_t other) {
    struct timespec pause = {.tv_nsec = 100000000};
    hew_blocking_begin(self);
    is_lost = 1;
    nanosleep(&pause, NULL);
    hew_blocking_end(self);
    hew_actor_send(self, other, hew_message_new(self, NOTE, 0));
    while (!is_noted) {
        if ((uintptr_t)__builtin_frame_address(0) < __atomic_load_n((uintptr_t *)(void *)self, __ATOMIC_RELAXED)) hew_safepoint(self);
    }
}

static hew_block *answer_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    if (handler == ANSWER) hew_reply_send(self);
    if (handler == NOTE) is_noted = 1;
    if (handler == COMPUTE) {
        compute(self, *(uint64_t *)test_payload(message));
        hew_reply_send(self);
    }
    if (handler == LOSE) {
        hew_block *words = test_string(self, "last words");
        hew_print(self, words, 0, 0);
        hew_blocking_begin(self);
        is_lost = 1;
        for (;;) pause();
    }
    return NULL;
}

static const hew_handler answer_handlers[] = {{"init"}, {"answer"}, {"lose"}, {"compute"}, {"note"}};
static const hew_actor_type answer_type = {.name = "Answer", .handler_count = 5, .dispatch = answer_dispatch, .handlers = answer_handlers};

/* --- resources --- */

enum { RESOURCE = HEW_TYPE_FIRST_USER };
enum { COUNTS, KEEPS, TRAPS, MAKES_ONE_THAT_TRAPS };

static hew_block *kept;
static int counted;

static hew_block *make(hew_actor *self, int64_t kind) {
    hew_block *block = hew_block_new(self, RESOURCE, sizeof kind);
    *(int64_t *)(void *)(block + 1) = kind;
    return block;
}

static void close_resource(hew_actor *self, hew_block *block) {
    switch (*(int64_t *)(void *)(block + 1)) {
    case COUNTS: counted++; break;
    case KEEPS:
        kept = block;
        hew_retain(block);
        break;
    case TRAPS: hew_trap(self, HEW_TRAP_INTEGER_OVERFLOW, "edges.c", 1, 1);
    case MAKES_ONE_THAT_TRAPS: hew_release(self, make(self, TRAPS)); break;
    default: break;
    }
}

static const hew_type types[] = {{.name = "Resource", .kind = HEW_KIND_RESOURCE, .element_size = 8, .close = close_resource}};

static void test_keeping(hew_actor *self) {
    hew_release(self, make(self, KEEPS));
    TEST(kept && kept->count == 1);
    hew_release(self, kept);
}

/* --- supervisors: one whose child works, one whose child's arguments cannot be evaluated --- */

static hew_block *child_start(hew_actor *self, const void *args, const uint64_t *siblings) {
    (void)self;
    (void)args;
    (void)siblings;
    return NULL;
}

static hew_message *arguments_that_trap(hew_actor *self, const void *args, const uint64_t *siblings) {
    (void)args;
    (void)siblings;
    make(self, COUNTS);
    hew_release(self, make(self, TRAPS));
    return NULL;
}

static const hew_child_spec child[] = {{.name = "child", .actor = &answer_type, .start = child_start, .shutdown = 5000000000}};
static const hew_supervisor_spec inner = {.name = "Inner", .intensity = 1, .window = 1000000000, .child_count = 1, .children = child};
static const hew_child_spec nested[] = {{.name = "inner", .supervisor = &inner, .arguments = arguments_that_trap, .shutdown = -1}};
static const hew_supervisor_spec outer = {.name = "Outer", .intensity = 1, .window = 1000000000, .child_count = 1, .children = nested};

/* --- main: waits for what its case needs --- */

typedef struct main_frame {
    hew_frame frame;
    hew_block *waits[2];
    hew_block *timer;
    bool needs_lost;  /* goes on only when an actor is in foreign code */
    bool ends;        /* then the program ends */
    int32_t expected; /* what every ask is answered */
    int32_t lives;    /* actors still to be made and stopped, one after the other */
} main_frame;

/* As if the slot had got this tenant between the sender's look and its push. */
static hew_block *ask_former(hew_actor *self, uint64_t pid) {
    hew_message *message = hew_message_new(self, ANSWER, 0);
    hew_reply *cell = hew__reply_new(self, 8);
    TEST(cell);
    message->reply = cell;
    message->generation = (uint32_t)(pid >> 32) - 1;
    hew__list_unlink(&message->block);
    hew_actor *tenant = hew__slot_of(pid);
    if (!tenant || !hew__mailbox_push(self->worker, tenant, message)) hew__message_drop(self, message, HEW_ASK_ACTOR_STOPPED);
    return &cell->block;
}

static bool has_answers(hew_actor *self, main_frame *frame) {
    for (int i = 0; i < 2; i++) {
        if (!frame->waits[i]) continue;
        if (!hew_reply_poll(self, frame->waits[i])) return false;
        TEST(hew_reply_status(frame->waits[i]) == frame->expected);
        hew_release(self, frame->waits[i]);
        frame->waits[i] = NULL;
    }
    return true;
}

/* Looks every millisecond: whoever looks needs a worker, so the one in foreign code is parted from its own. */
static bool has_lost(hew_actor *self, main_frame *frame) {
    while (!is_lost) {
        if (!frame->timer) frame->timer = hew_timer_start(self, 1000000);
        if (!hew_timer_poll(self, frame->timer)) return false;
        hew_release(self, frame->timer);
        frame->timer = NULL;
    }
    return true;
}

/* Slots are used again: the table is no larger than what lives at one time, and what the workers keep at hand. */
static void begin_life(hew_actor *self, main_frame *frame) {
    enum { MOST_SLOTS = 1024 };
    uint64_t pid = hew_actor_spawn(self, &answer_type, hew_message_new(self, 0, 0));
    TEST((uint32_t)pid < MOST_SLOTS);
    frame->waits[0] = hew_actor_stop_ask(self, pid);
    frame->lives--;
}

static int32_t main_resume(hew_actor *self, hew_block *block) {
    main_frame *frame = (main_frame *)(void *)block;
    if (frame->needs_lost && !has_lost(self, frame)) return HEW_FRAME_WAITING;
    if (frame->ends) hew_exit(self, 0);
    while (frame->lives > 0 && has_answers(self, frame)) begin_life(self, frame);
    return has_answers(self, frame) ? HEW_FRAME_DONE : HEW_FRAME_WAITING;
}

static void main_drop(hew_actor *self, hew_block *block) {
    main_frame *frame = (main_frame *)(void *)block;
    for (int i = 0; i < 2; i++) hew_release(self, frame->waits[i]);
    hew_release(self, frame->timer);
}

static hew_block *main_frame_new(hew_actor *self) {
    return hew_frame_new(self, (void *)main_resume, (void *)main_drop, sizeof(main_frame) - sizeof(hew_frame));
}

static hew_block *test_former(hew_actor *self) {
    hew_block *block = main_frame_new(self);
    main_frame *frame = (main_frame *)(void *)block;
    frame->expected = HEW_ASK_ACTOR_STOPPED;
    uint64_t supervisor = hew_supervisor_start(self, &inner, NULL);
    hew_blocking_begin(self);
    TEST(hew_supervisor_wait_restart(supervisor, 0, 1) == 0 && hew_supervisor_wait_restart(supervisor, 1, 1) == 0);
    hew_blocking_end(self);
    frame->waits[0] = ask_former(self, hew_actor_spawn(self, &answer_type, hew_message_new(self, 0, 0)));
    frame->waits[1] = ask_former(self, supervisor);
    return test_run_frame(self, block);
}

/* What was printed is there, although the process gives up. */
static hew_block *test_lost(hew_actor *self) {
    hew_block *block = main_frame_new(self);
    main_frame *frame = (main_frame *)(void *)block;
    frame->needs_lost = frame->ends = true;
    hew_actor_send(self, hew_actor_spawn(self, &answer_type, hew_message_new(self, 0, 0)), hew_message_new(self, LOSE, 0));
    return test_run_frame(self, block);
}

static hew_block *test_computing(hew_actor *self) {
    hew_block *block = main_frame_new(self);
    main_frame *frame = (main_frame *)(void *)block;
    frame->expected = HEW_ASK_VALUE;
    frame->needs_lost = true;
    uint64_t computing = hew_actor_spawn(self, &answer_type, hew_message_new(self, 0, 0));
    uint64_t other = hew_actor_spawn(self, &answer_type, hew_message_new(self, 0, 0));
    hew_message *message = hew_message_new(self, COMPUTE, sizeof other);
    *(uint64_t *)test_payload(message) = other;
    frame->waits[0] = hew_actor_ask(self, computing, message, 8);
    return test_run_frame(self, block);
}

static hew_block *test_lives(hew_actor *self) {
    hew_block *block = main_frame_new(self);
    main_frame *frame = (main_frame *)(void *)block;
    frame->expected = HEW_ASK_ACTOR_STOPPED;
    frame->lives = 3000;
    return test_run_frame(self, block);
}

static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    const char *what = hew__rt.argc > 1 ? hew__rt.argv[1] : "";
    if (strcmp(what, "former") == 0) return test_former(self);
    if (strcmp(what, "lost") == 0) return test_lost(self);
    if (strcmp(what, "lives") == 0) return test_lives(self);
    if (strcmp(what, "computing") == 0) return test_computing(self);
    if (strcmp(what, "keeping") == 0) test_keeping(self);
    if (strcmp(what, "arguments") == 0) hew_supervisor_start(self, &outer, NULL);
    if (strcmp(what, "closes") == 0) {
        make(self, MAKES_ONE_THAT_TRAPS);
        make(self, TRAPS);
        hew_trap(self, HEW_TRAP_INTEGER_OVERFLOW, "edges.c", 2, 2);
    }
    if (strcmp(what, "released") == 0) {
        hew_block *text = test_string(self, "a text of its own");
        hew_release(self, text);
        hew_release(self, text);
    }
    if (strcmp(what, "freed") == 0) {
        hew_block *block = hew__block_take(self->worker, HEW_FOR_BLOCK, 64);
        hew__block_free(self, block);
        hew__block_free(self, block);
    }
    return NULL;
}

static const hew_handler main_handlers[] = {{"main"}};
static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = main_handlers};

static const int watched[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGPIPE, SIGTERM};
enum { WATCHED = sizeof watched / sizeof *watched };

static void mine(int number) { (void)number; }

int main(int argc, char **argv) {
    hew_program program = {.types = types, .type_count = 1, .main_actor = &main_type};
    for (int i = 0; i < WATCHED; i++) signal(watched[i], mine);
    int code = hew_main(&program, argc, argv);
    for (int i = 0; i < WATCHED; i++) {
        if (signal(watched[i], SIG_DFL) != mine) test_failed(__FILE__, __LINE__, "signals are handled as before");
    }
    if (argc > 1 && strcmp(argv[1], "arguments") == 0 && counted != 1) test_failed(__FILE__, __LINE__, "what was open is closed");
    return code;
}
