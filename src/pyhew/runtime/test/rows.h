/* Calls of runtime functions, one at a time, that write down what each did to its arguments.
 *
 * A generated program includes this file and defines `cases`: a body per call, which makes fresh arguments with the
 * builders below, calls, and lets a probe look. The probe knows nothing of the ABI table: it sees how many references
 * of an argument are left, whether a handle came back, and what stays alive once everything known is released.
 * One actor makes all calls; `rest` lets the others run meanwhile, on the only worker. */
#ifndef HEW_TEST_ROWS_H
#define HEW_TEST_ROWS_H

#include <dirent.h>
#include <time.h>

#include "hew/sched.h"
#include "program.h"

enum { PROBE_ARGUMENTS = 4, PROBE_RESTS = 60, REST_NANOSECONDS = 3000000 };

typedef struct probe {
    const char *row;
    bool is_shared; /* a second reference to each argument is held */
    int count;
    hew_block *arguments[PROBE_ARGUMENTS];
    int64_t before[PROBE_ARGUMENTS];
    int64_t change[PROBE_ARGUMENTS];
    hew_block *result;
    const char *found; /* what came back: "owned", "null", "plain", "none" */
    hew_counters base;
    int64_t base_heap;
    int64_t base_files;
} probe;

typedef struct row_case {
    const char *row;
    void (*body)(hew_actor *self, probe *at);
    bool is_shared;
    bool leaves;
} row_case;

static const row_case cases[];
static const int case_count;

/* --- looking --- */

static hew_counters counters_now(void) {
    hew_counters sum = hew__rt.shared_counters;
    for (uint32_t i = 0; i < hew__rt.worker_count; i++) {
        const hew_counters *part = &hew__rt.workers[i].counters;
        for (int k = 0; k < HEW_PURPOSES; k++) sum.live[k] += part->live[k];
        sum.live_actors += part->live_actors;
        sum.live_timers += part->live_timers;
    }
    return sum;
}

static int64_t heap_length(const hew_actor *self) {
    int64_t length = 0;
    for (const hew_block *block = self->heap.next; (const void *)block != (const void *)&self->heap; block = block->next) length++;
    return length;
}

/* Descriptors of the process. */
static int64_t open_files(void) {
    DIR *folder = opendir("/proc/self/fd");
    int64_t count = 0;
    while (folder && readdir(folder)) count++;
    if (folder) closedir(folder);
    return count;
}

/* References to a block that may be gone; check mode does not use an address again so soon. */
static int64_t references(const hew_actor *self, const hew_block *wanted) {
    for (const hew_block *block = self->heap.next; (const void *)block != (const void *)&self->heap; block = block->next) {
        if (block == wanted) return block->count;
    }
    return 0;
}

/* Lets every other actor run for a while. */
static void rest(hew_actor *self) {
    struct timespec pause = {.tv_nsec = REST_NANOSECONDS};
    hew_blocking_begin(self);
    nanosleep(&pause, NULL);
    hew_blocking_end(self);
}

static bool is_as_before(const hew_actor *self, const probe *at) {
    hew_counters now = counters_now();
    bool is_same = now.live_actors == at->base.live_actors && now.live_timers == at->base.live_timers;
    for (int k = 0; k < HEW_PURPOSES; k++) is_same = is_same && now.live[k] == at->base.live[k];
    return is_same && heap_length(self) == at->base_heap && open_files() == at->base_files;
}

/* --- one call --- */

static void probe_begin(hew_actor *self, probe *at) {
    hew__extra(self->worker, self); /* stays with the actor, so it is made before anything is counted */
    at->base = counters_now();
    at->base_heap = heap_length(self);
    at->base_files = open_files();
    at->found = "none";
}

static inline hew_block *probe_handle(hew_actor *self, probe *at, hew_block *block) {
    TEST(block != NULL);
    if (at->is_shared) hew_retain(block);
    at->arguments[at->count] = block;
    at->before[at->count++] = block->count;
    return block;
}

static inline hew_message *probe_message(hew_actor *self, probe *at, hew_message *message) {
    (void)self;
    at->arguments[at->count] = &message->block;
    at->before[at->count++] = message->block.count;
    return message;
}

/* A handle that came back is ours; when it is an argument, that argument was given up for it. */
static void probe_called(hew_actor *self, probe *at, hew_block *result, const char *found) {
    at->result = result;
    at->found = found;
    for (int i = 0; i < at->count; i++) {
        const hew_block *block = at->arguments[i];
        int64_t left = block == result ? (int64_t)block->count - 1 : references(self, block);
        at->change[i] = left - at->before[i];
    }
}

static inline void probe_owned(hew_actor *self, probe *at, void *result) { probe_called(self, at, result, result ? "owned" : "null"); }
static inline void probe_plain(hew_actor *self, probe *at, const char *found) { probe_called(self, at, NULL, found); }

static void give_up(hew_actor *self, hew_block *block) {
    if (block && hew__type_id(block) == HEW_TYPE_MESSAGE) hew_message_free(self, (hew_message *)(void *)block);
    else hew_release(self, block);
}

static void probe_write(hew_actor *self, const probe *at) {
    hew_counters now = counters_now();
    int64_t files = open_files() - at->base_files;
    FILE *file = fopen(hew__rt.argv[2], "a");
    TEST(file != NULL);
    fprintf(file, "{\"row\":\"%s\",\"shared\":%d,\"result\":\"%s\",\"changes\":[", at->row, at->is_shared, at->found);
    for (int i = 0; i < at->count; i++) fprintf(file, "%s%lld", i ? "," : "", (long long)at->change[i]);
    fprintf(file, "],\"left\":{\"blocks\":%lld,\"messages\":%lld,\"runtime\":%lld", (long long)(now.live[0] - at->base.live[0]),
            (long long)(now.live[1] - at->base.live[1]), (long long)(now.live[2] - at->base.live[2]));
    fprintf(file, ",\"files\":%lld,\"actors\":%lld,\"timers\":%lld,\"heap\":%lld}}\n", (long long)files,
            (long long)(now.live_actors - at->base.live_actors), (long long)(now.live_timers - at->base.live_timers), (long long)(heap_length(self) - at->base_heap));
    fclose(file);
}

static void probe_finish(hew_actor *self, probe *at) {
    give_up(self, at->result);
    for (int i = 0; i < at->count; i++) {
        for (int64_t left = at->before[i] + at->change[i]; left > 0; left--) give_up(self, at->arguments[i]);
    }
    for (int i = 0; i < PROBE_RESTS && !is_as_before(self, at); i++) rest(self);
    probe_write(self, at);
}

/* --- types of the program --- */

enum { RC_TYPE = HEW_TYPE_FIRST_USER, RESOURCE_TYPE, BOX_TYPE, OBJECT_TYPE };

static void nothing(hew_actor *self, hew_block *block) {
    (void)self;
    (void)block;
}

static int32_t resume_nothing(hew_actor *self, hew_block *frame) {
    nothing(self, frame);
    return HEW_FRAME_DONE;
}

static const hew_slot text_slot = {.offset = 0};
static const hew_type row_types[] = {
    {.name = "Rc<string>", .kind = HEW_KIND_RC, .element_size = 8, .slot_count = 1, .slots = &text_slot},
    {.name = "Door", .kind = HEW_KIND_RESOURCE, .element_size = 8, .slot_count = 1, .slots = &text_slot, .close = nothing},
    {.name = "Box", .kind = HEW_KIND_BOX, .element_size = 8, .slot_count = 1, .slots = &text_slot},
    {.name = "closure", .kind = HEW_KIND_OBJECT, .element_size = 8, .slot_count = 1, .slots = &text_slot},
};

/* --- builders --- */

static inline hew_block *text(hew_actor *self, const char *bytes) { return test_string(self, bytes); }

static inline hew_block *bytes(hew_actor *self, const char *content) {
    hew_block *string = text(self, content);
    hew_block *vec = hew_string_to_vec(self, string);
    hew_release(self, string);
    return vec;
}

/* A Vec<string> of one. */
static inline hew_block *words(hew_actor *self, const char *word) {
    hew_block *list = hew_vec_with_capacity(self, HEW_TYPE_STRINGS, 1);
    hew_vec *vec = (hew_vec *)(void *)list;
    ((hew_block **)(void *)vec->elements)[vec->length++] = text(self, word);
    return list;
}

/* A box, closure, Rc or resource around a string. */
static inline hew_block *around_text(hew_actor *self, uint32_t type_id) {
    bool is_flat = type_id == BOX_TYPE || type_id == RESOURCE_TYPE;
    size_t before = is_flat ? 0 : sizeof(void *); /* an object's table, an Rc's weak handles */
    hew_block *block = hew_block_new(self, type_id, before + sizeof(hew_block *));
    hew_block *content = text(self, "content");
    memcpy((char *)(block + 1) + before, &content, sizeof content);
    return block;
}

static inline hew_message *message_of(hew_actor *self, uint32_t handler) {
    hew_message *message = hew_message_new(self, handler, sizeof(hew_block *));
    *(hew_block **)test_payload(message) = hew_detach(self, test_blocks(message), text(self, "payload"));
    return message;
}

/* Its string is this actor's now. */
static inline hew_message *emptied(hew_actor *self) {
    hew_message *message = message_of(self, 0);
    hew_release(self, *(hew_block **)hew_message_open(self, message));
    return message;
}

/* An actor that keeps nothing: TAKE releases a string, ECHO gives it back. Handler 0 does either. */
enum { TAKE = 1, ECHO };

static hew_block *target_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    hew_block *content = *(hew_block **)test_payload(message);
    hew_block **reply = handler == TAKE ? NULL : hew_reply_begin(self, sizeof(hew_block *));
    if (reply) *reply = hew_detach(self, hew_reply_blocks(self), content);
    else hew_release(self, content);
    if (handler != TAKE) hew_reply_send(self);
    return NULL;
}

static const hew_handler target_handlers[] = {{"init"}, {"take"}, {"echo"}};
static const hew_actor_type target_type = {.name = "Target", .handler_count = 3, .dispatch = target_dispatch, .handlers = target_handlers};

static inline hew_message *message_of_nothing(hew_actor *self) {
    hew_message *message = hew_message_new(self, 0, sizeof(hew_block *));
    *(hew_block **)test_payload(message) = NULL;
    return message;
}

static inline uint64_t target(hew_actor *self) { return hew_actor_spawn(self, &target_type, message_of_nothing(self)); }

static void await(hew_actor *self, hew_block *cell) {
    for (int i = 0; i < PROBE_RESTS && !hew_reply_poll(self, cell); i++) rest(self);
    TEST(hew_reply_poll(self, cell));
}

/* A cell with a string in it that nobody took. */
static inline hew_block *answered(hew_actor *self) {
    uint64_t pid = target(self);
    hew_block *cell = hew_actor_ask(self, pid, message_of(self, ECHO), sizeof(hew_block *));
    await(self, cell);
    hew_actor_stop(self, pid);
    return cell;
}

/* This actor answers itself until `answer_others` gives the true question back. */
static inline hew_block *ask_oneself(hew_actor *self, hew_reply **question) {
    *question = self->reply;
    hew_reply *cell = hew__reply_new(self, sizeof(hew_block *));
    if (!cell) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    self->reply = cell;
    return &self->reply->block;
}

static inline void answer_others(hew_actor *self, hew_reply *question, hew_block *cell) {
    hew_reply_send(self);
    self->reply = question;
    hew_release(self, cell);
}

static inline hew_block *receiver_of(hew_actor *self) {
    hew_block *sender = hew_channel_new(self, 1);
    hew_block *receiver = hew_channel_receiver(self, sender);
    hew_message *none = hew_channel_try_send(self, sender, message_of(self, 0));
    TEST(!none);
    hew_release(self, sender);
    return receiver;
}

static inline hew_block *full_channel(hew_actor *self) {
    hew_block *sender = hew_channel_new(self, 1);
    hew_message *none = hew_channel_try_send(self, sender, message_of(self, 0));
    TEST(!none);
    return sender;
}

static inline hew_block *closed_sender(hew_actor *self) {
    hew_block *sender = hew_channel_new(self, 1);
    hew_channel_close(self, sender);
    return sender;
}

/* Supervisors: child 0 is an actor, child 1 a pool of two. */
static hew_block *child_start(hew_actor *self, const void *args, const uint64_t *siblings) {
    (void)siblings;
    hew_release(self, hew_deep_copy(self, *(hew_block *const *)args));
    return NULL;
}

static const hew_child_spec children[] = {
    {.name = "one", .actor = &target_type, .start = child_start, .shutdown = -1},
    {.name = "pool", .actor = &target_type, .start = child_start, .shutdown = -1, .is_pool = 1, .pool_size = 2},
};
static const hew_supervisor_spec tree_spec = {.name = "Tree", .strategy = HEW_STRATEGY_ONE_FOR_ONE, .intensity = 2, .window = 1000000000,
                                              .child_count = 2, .children = children};

static inline uint64_t tree(hew_actor *self) { return hew_supervisor_start(self, &tree_spec, message_of(self, 0)); }

static inline void fell(hew_actor *self, uint64_t supervisor) {
    hew_block *cell = hew_supervisor_stop(self, supervisor);
    await(self, cell);
    hew_release(self, cell);
}

/* Files stand in the folder that the first argument names. */
static inline hew_block *path(hew_actor *self, const char *name) {
    hew_block *rest_of_it = text(self, name);
    hew_block *whole = hew_string_append(self, hew_arg(self, 1), rest_of_it);
    hew_release(self, rest_of_it);
    return whole;
}

/* Sockets on this machine: a listener, and the client of a connection. */
static inline hew_block *listener(hew_actor *self) {
    hew_block *host = text(self, "127.0.0.1");
    hew_block *block = hew_tcp_listen(self, host, 0);
    hew_release(self, host);
    return block;
}

static inline hew_block *client_of(hew_actor *self, hew_block *server) {
    hew_block *host = text(self, "127.0.0.1");
    hew_block *socket = hew_tcp_connect(self, host, hew_socket_port(server));
    hew_release(self, host);
    for (int i = 0; i < PROBE_RESTS && !hew_socket_poll(self, socket, 1); i++) rest(self);
    for (int i = 0; i < PROBE_RESTS && !hew_socket_poll(self, server, 0); i++) rest(self);
    return socket;
}

/* The client's end; the other one has sent a few bytes. */
static inline hew_block *spoken_to(hew_actor *self) {
    hew_block *server = listener(self);
    hew_block *client = client_of(self, server);
    TEST(hew_tcp_connected(self, client) == HEW_IO_OK);
    hew_block *other = hew_tcp_accept(self, server);
    hew_block *said = bytes(self, "hello");
    TEST(hew_socket_write(self, other, said, 0) == 5);
    for (int i = 0; i < PROBE_RESTS && !hew_socket_poll(self, client, 0); i++) rest(self);
    hew_release(self, said);
    hew_release(self, other);
    hew_release(self, server);
    return client;
}

static inline hew_block *shut(hew_actor *self) {
    hew_block *socket = spoken_to(self);
    hew_socket_close(self, socket);
    return socket;
}

/* --- the actor that calls, and main, which asks it for one case after the other --- */

static void run_case(hew_actor *self, int64_t index) {
    probe at = {.row = cases[index].row, .is_shared = cases[index].is_shared};
    cases[index].body(self, &at);
}

static hew_block *caller_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    if (handler == 0) return NULL;
    run_case(self, *(int64_t *)test_payload(message));
    hew_reply_begin(self, 0);
    hew_reply_send(self);
    return NULL;
}

static const hew_handler caller_handlers[] = {{"init"}, {"call"}};
static const hew_actor_type caller_type = {.name = "Caller", .handler_count = 2, .dispatch = caller_dispatch, .handlers = caller_handlers};

typedef struct main_frame {
    hew_frame frame;
    uint64_t caller;
    int64_t next;
    hew_block *cell;
} main_frame;

static int32_t main_resume(hew_actor *self, hew_block *block) {
    main_frame *frame = (main_frame *)(void *)block;
    while (frame->next < case_count) {
        if (cases[frame->next].leaves) {
            frame->next++;
            continue;
        }
        if (!frame->cell) {
            hew_message *message = hew_message_new(self, 1, 8);
            *(int64_t *)test_payload(message) = frame->next;
            frame->cell = hew_actor_ask(self, frame->caller, message, 0);
        }
        if (!hew_reply_poll(self, frame->cell)) return HEW_FRAME_WAITING;
        TEST(hew_reply_status(frame->cell) == HEW_ASK_VALUE);
        hew_release(self, frame->cell);
        frame->cell = NULL;
        frame->next++;
    }
    hew_actor_stop(self, frame->caller);
    return HEW_FRAME_DONE;
}

static void main_drop(hew_actor *self, hew_block *block) { hew_release(self, ((main_frame *)(void *)block)->cell); }

/* A third argument names the only row to call, by main itself: the call ends the program. */
static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    for (int64_t i = 0; i < case_count && hew__rt.argc > 3; i++) {
        if (strcmp(cases[i].row, hew__rt.argv[3]) == 0) run_case(self, i);
    }
    TEST(hew__rt.argc <= 3);
    uint64_t caller = hew_actor_spawn(self, &caller_type, hew_message_new(self, 0, 0));
    return test_frame(self, main_resume, main_drop, sizeof(main_frame), caller);
}

static const hew_handler main_handlers[] = {{"main"}};
static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = main_handlers};

int main(int argc, char **argv) {
    hew_program program = {.types = row_types, .type_count = sizeof row_types / sizeof *row_types, .main_actor = &main_type};
    return hew_main(&program, argc, argv);
}

#endif
