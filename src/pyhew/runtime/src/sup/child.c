/* Starting supervisors and their children, and finding a child from outside. */
#include <string.h>

#include "hew/sched.h"
#include "hew/sup.h"

/* Payload of a child's first message; the siblings' pids follow. */
typedef struct child_start {
    const hew_child_spec *spec;
    const void *args;
    uint64_t siblings[];
} child_start;

static const hew_actor_type supervisor_type = {
    .name = "supervisor", .state_size = sizeof(hew_supervisor), .drop_state = hew__supervisor_drop, .flags = HEW_ACTOR_IS_NATIVE};

hew_block *hew__child_start(hew_actor *self, hew_message *message) {
    const child_start *start = hew__payload(message);
    return start->spec->start(self, start->args, start->siblings);
}

/* --- one child --- */

static uint32_t first_of_spec(const hew_supervisor *state, uint32_t spec) {
    uint32_t index = 0;
    while (index < state->child_count && state->children[index].spec != spec) index++;
    return index;
}

static bool fill_siblings(const hew_supervisor *state, const hew_child_spec *spec, uint64_t *pids) {
    for (uint32_t i = 0; i < spec->wired_count; i++) {
        uint32_t index = first_of_spec(state, spec->wired[i]);
        const hew_child *sibling = &state->children[index];
        if (index >= state->child_count || sibling->state != HEW_CHILD_LIVE) return false;
        pids[i] = atomic_load_explicit(&sibling->pid, memory_order_relaxed);
    }
    return true;
}

typedef struct evaluation {
    const hew_child_spec *spec;
    const void *args;
    const uint64_t *siblings;
    hew_message *message;
} evaluation;

static void evaluate(hew_actor *self, void *context) {
    evaluation *at = context;
    at->message = at->spec->arguments(self, at->args, at->siblings);
}

/* The arguments of a nested supervisor are evaluated by whoever starts it. */
static bool evaluate_arguments(hew_actor *self, evaluation *at) {
    if (!at->spec->arguments) return true;
    hew_heap_mark mark = hew__heap_mark(self);
    if (hew__protect(self, evaluate, at) != 0) {
        hew__report_crash(self);
        hew__heap_sweep_newer(self, mark);
        return false;
    }
    if (at->message) hew__list_unlink(&at->message->block);
    return true;
}

static uint64_t launch_actor(hew_actor *self, hew_actor *owner, uint32_t index, const evaluation *at) {
    size_t size = sizeof(child_start) + at->spec->wired_count * sizeof(uint64_t);
    hew_message *message = hew__message_alloc(self->worker, HEW_HANDLER_START_CHILD, size);
    if (!message) return 0;
    child_start *start = hew__payload(message);
    start->spec = at->spec;
    start->args = at->args;
    if (at->spec->wired_count) memcpy(start->siblings, at->siblings, at->spec->wired_count * sizeof(uint64_t));
    hew_birth birth = {.type = at->spec->actor, .first = message, .parent = hew__pid(owner), .child = index, .restarts = hew__supervisor_of(owner)->children[index].starts};
    return hew__actor_create(self, &birth);
}

bool hew__child_launch(hew_actor *self, hew_actor *owner, uint32_t index) {
    enum { MOST_WIRED = 64 };
    uint64_t siblings[MOST_WIRED];
    hew_supervisor *state = hew__supervisor_of(owner);
    hew_child *child = &state->children[index];
    evaluation at = {.spec = &state->spec->children[child->spec], .siblings = siblings};
    if (state->args) at.args = hew__payload(state->args);
    if (at.spec->wired_count > MOST_WIRED || !fill_siblings(state, at.spec, siblings)) return false;
    uint64_t pid = 0;
    if (at.spec->actor) pid = launch_actor(self, owner, index, &at);
    else if (evaluate_arguments(self, &at)) pid = hew__supervisor_create(self, at.spec->supervisor, at.message, hew__pid(owner), index);
    if (pid == 0) return false;
    hew__lock(hew__slot_lock(owner));
    atomic_store_explicit(&child->pid, pid, memory_order_relaxed);
    hew__unlock(hew__slot_lock(owner));
    child->starts++;
    child->state = HEW_CHILD_LIVE;
    child->is_due = false;
    return true;
}

/* --- a whole supervisor --- */

static int64_t copies_of(hew_actor *self, const hew_child_spec *spec, const void *args) {
    if (!spec->is_pool) return 1;
    int64_t count = spec->pool_count ? spec->pool_count(self, args) : (int64_t)spec->pool_size;
    return count < 0 ? 0 : count > 1 << 20 ? 1 << 20 : count;
}

static bool make_children(hew_actor *self, hew_supervisor *state) {
    const hew_supervisor_spec *spec = state->spec;
    const void *args = state->args ? hew__payload(state->args) : NULL;
    int64_t total = 0;
    for (uint32_t i = 0; i < spec->child_count; i++) total += copies_of(self, &spec->children[i], args);
    state->children = hew__alloc(self->worker, (size_t)(total + 1) * sizeof *state->children);
    state->restarts = hew__alloc(self->worker, (spec->intensity + 1) * sizeof *state->restarts);
    if (!state->children || !state->restarts) return false;
    memset(state->children, 0, (size_t)(total + 1) * sizeof *state->children);
    for (uint32_t i = 0; i < spec->child_count; i++) {
        for (int64_t k = copies_of(self, &spec->children[i], args); k > 0 && state->child_count < total; k--) state->children[state->child_count++].spec = i;
    }
    return true;
}

/* In order of declaration, except that a child waits for the siblings it is wired to. */
static void launch_children(hew_actor *self, hew_actor *owner) {
    hew_supervisor *state = hew__supervisor_of(owner);
    for (bool progress = true; progress;) {
        progress = false;
        for (uint32_t i = 0; i < state->child_count; i++) {
            if (state->children[i].state == HEW_CHILD_ENDED && hew__child_launch(self, owner, i)) progress = true;
        }
    }
}

void hew__supervisor_drop(hew_actor *self) {
    hew_supervisor *state = hew__supervisor_of(self);
    hew__lock(hew__slot_lock(self));
    hew_child *children = state->children;
    state->children = NULL;
    state->child_count = 0;
    hew__unlock(hew__slot_lock(self));
    if (children) hew__free(self->worker, children);
    if (state->restarts) hew__free(self->worker, state->restarts);
    if (state->args) hew__message_drop(self, state->args, HEW_ASK_CANCELLED);
    state->restarts = NULL;
    state->args = NULL;
    atomic_fetch_sub_explicit(&hew__rt.supervisors, 1, memory_order_release);
}

uint64_t hew__supervisor_create(hew_actor *self, const hew_supervisor_spec *spec, hew_message *args, uint64_t parent, uint32_t child) {
    hew_birth birth = {.type = &supervisor_type, .parent = parent, .child = child};
    hew_actor *actor = hew__actor_prepare(self, &birth);
    hew_supervisor *state = actor ? hew__supervisor_of(actor) : NULL;
    if (!state) {
        if (args) hew__message_drop(self, args, HEW_ASK_CANCELLED);
        return 0;
    }
    uint64_t pid = hew__pid(actor);
    atomic_fetch_add_explicit(&hew__rt.supervisors, 1, memory_order_relaxed);
    actor->phase = HEW_PHASE_LIVE;
    state->spec = spec;
    state->args = args;
    if (make_children(self, state)) launch_children(self, actor);
    hew__actor_release(self, actor); /* its first step deals with children that could not be started */
    return pid;
}

uint64_t hew_supervisor_start(hew_actor *self, const hew_supervisor_spec *spec, hew_message *args) {
    if (args) hew__list_unlink(&args->block);
    uint64_t pid = hew__supervisor_create(self, spec, args, 0, 0);
    if (pid == 0) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    return pid;
}

/* --- from outside --- */

enum { NO_CHILD = -1 };

/* Calls for the `nth` child made from spec `index`; its pid, or NO_CHILD when there is none such. */
static int64_t look_up(uint64_t supervisor, uint32_t index, int64_t nth, int64_t *count) {
    hew_actor *owner = hew__slot_of(supervisor);
    int64_t found = NO_CHILD;
    *count = 0;
    if (!owner) return found;
    hew__lock(hew__slot_lock(owner));
    if (hew__is_current(owner, supervisor)) {
        const hew_supervisor *state = hew__supervisor_of(owner);
        for (uint32_t i = first_of_spec(state, index); i < state->child_count && state->children[i].spec == index; i++) {
            if ((*count)++ == nth) found = (int64_t)atomic_load_explicit(&state->children[i].pid, memory_order_relaxed);
        }
    }
    hew__unlock(hew__slot_lock(owner));
    return found;
}

uint64_t hew_supervisor_child(hew_actor *self, uint64_t supervisor, uint32_t index) {
    (void)self;
    int64_t count = 0;
    int64_t pid = look_up(supervisor, index, 0, &count);
    return pid == NO_CHILD ? 0 : (uint64_t)pid;
}

uint64_t hew_supervisor_child_or_trap(hew_actor *self, uint64_t supervisor, uint32_t index) {
    uint64_t pid = hew_supervisor_child(self, supervisor, index);
    if (pid == 0) hew__leave(self, HEW_TRAP_CHILD_NOT_LIVE);
    return pid;
}

uint64_t hew_supervisor_pool_child(hew_actor *self, uint64_t supervisor, uint32_t index, int64_t slot) {
    int64_t count = 0;
    int64_t pid = look_up(supervisor, index, slot, &count);
    if (pid == NO_CHILD) hew__leave(self, HEW_TRAP_INDEX_OUT_OF_BOUNDS);
    return (uint64_t)pid;
}

int64_t hew_supervisor_pool_length(hew_actor *self, uint64_t supervisor, uint32_t index) {
    (void)self;
    int64_t count = 0;
    look_up(supervisor, index, NO_CHILD, &count);
    return count;
}

/* Whether an actor stands somewhere below a supervisor. Those above live as long as it does. */
static bool is_below(const hew_actor *actor, uint64_t supervisor) {
    for (;;) {
        const hew_extra *extra = atomic_load_explicit(&actor->extra, memory_order_acquire);
        if (!extra || !extra->parent) return false;
        if (extra->parent == supervisor) return true;
        actor = hew__slot_of(extra->parent);
    }
}

hew_block *hew_supervisor_stop(hew_actor *self, uint64_t supervisor) {
    if (!is_below(self, supervisor)) return hew_actor_stop_ask(self, supervisor);
    /* Its own end cannot be waited for: the stop comes when this handler is done, and nobody's answer is there at once. */
    hew_actor_stop(self, supervisor);
    return hew_actor_stop_ask(self, 0);
}

/* --- probes --- */

hew_block *hew_supervisor_await_restart(hew_actor *self, uint64_t supervisor, uint32_t index) {
    hew_message *message = hew_message_new(self, HEW_HANDLER_PROBE, sizeof(hew_probe));
    uint64_t child = hew_supervisor_child(self, supervisor, index);
    *(hew_probe *)hew__payload(message) = (hew_probe){.supervisor = supervisor, .child = child, .index = index};
    return hew_actor_ask(self, child, message, sizeof(uint64_t));
}
