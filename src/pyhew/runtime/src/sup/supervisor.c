/* What a supervisor does: hears of ended children, restarts, gives up, stops its tree.
 *
 * Children are stopped one after the other, the youngest first; each has its own limit, after which it is killed. A
 * supervisor ends only when every child has told of its end, so a child's start arguments outlive it. */
#include "hew/sched.h"
#include "hew/seeded.h"
#include "hew/sup.h"

const char *hew__child_name(const hew_supervisor *state, uint32_t index) { return state->spec->children[state->children[index].spec].name; }

static const hew_child_spec *spec_of(const hew_supervisor *state, uint32_t index) { return &state->spec->children[state->children[index].spec]; }

static bool is_ending(void) { return atomic_load_explicit(&hew__rt.stopping, memory_order_acquire) != 0; }

static void note_fault(void) { atomic_store_explicit(&hew__rt.had_fault, 1, memory_order_relaxed); }

/* --- stopping children --- */

static void stop_child(hew_actor *self, uint32_t index) {
    hew_supervisor *state = hew__supervisor_of(self);
    hew_child *child = &state->children[index];
    uint64_t pid = atomic_load_explicit(&child->pid, memory_order_relaxed);
    int64_t limit = spec_of(state, index)->shutdown;
    child->state = HEW_CHILD_STOPPING;
    if (limit == 0) {
        hew__pid_signal(self->worker, pid, HEW_SIGNAL_KILL);
        return;
    }
    hew_message *message = is_ending() ? NULL : hew__message_alloc(self->worker, HEW_HANDLER_STOP, 0);
    if (message) {
        message->generation = (uint32_t)(pid >> 32);
        if (!hew__mailbox_push(self->worker, hew__slot_of(pid), message)) hew__message_drop(self, message, HEW_ASK_ACTOR_STOPPED);
    } else {
        hew__pid_signal(self->worker, pid, HEW_SIGNAL_STOP);
    }
    if (limit < 0) return;
    state->deadline = (hew_timer_node){.deadline = hew__now() + limit, .actor = self, .signal = HEW_SIGNAL_TICK, .is_passive = 1};
    hew__timer_add(&state->deadline);
}

/* The next child of the group to stop; true when none is left alive. */
static bool stop_next(hew_actor *self) {
    hew_supervisor *state = hew__supervisor_of(self);
    for (uint32_t i = state->child_count; i-- > state->stop_from;) {
        if (state->children[i].state == HEW_CHILD_STOPPING) return false;
        if (state->children[i].state != HEW_CHILD_LIVE) continue;
        if (state->phase == HEW_SUP_REGROUPING) {
            state->children[i].is_final = spec_of(state, i)->restart == HEW_RESTART_TEMPORARY;
            state->children[i].is_due = !state->children[i].is_final;
        }
        stop_child(self, i);
        return false;
    }
    return true;
}

static void kill_stopping(hew_actor *self) {
    hew_supervisor *state = hew__supervisor_of(self);
    for (uint32_t i = 0; i < state->child_count; i++) {
        uint64_t pid = atomic_load_explicit(&state->children[i].pid, memory_order_relaxed);
        if (state->children[i].state == HEW_CHILD_STOPPING) hew__pid_signal(self->worker, pid, HEW_SIGNAL_KILL);
    }
}

static void begin_stop(hew_actor *self) {
    hew_supervisor *state = hew__supervisor_of(self);
    state->phase = HEW_SUP_STOPPING;
    state->stop_from = 0;
}

/* Gives up: the fault is the parent's to judge, or the program's. */
static void escalate(hew_actor *self) {
    hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_relaxed);
    if (extra && extra->parent) extra->has_failed = 1;
    else note_fault();
    begin_stop(self);
}

/* --- starting again --- */

static bool is_within_budget(hew_supervisor *state) {
    uint32_t most = state->spec->intensity;
    int64_t now = hew__now();
    if (most == 0) return false;
    int64_t oldest = state->restarts[state->restart_count % most];
    if (state->restart_count >= most && now - oldest <= state->spec->window) return false;
    state->restarts[state->restart_count++ % most] = now;
    if (state->restart_count == 2 * most) state->restart_count = most; /* same place in the ring */
    return true;
}

/* As somebody's child, not as the supervisor. */
static bool is_probe_for_itself(hew_actor *self, hew_message *message) {
    return ((const hew_probe *)hew__payload(message))->supervisor != hew__pid(self);
}

static void answer_probes(hew_actor *self) {
    hew_supervisor *state = hew__supervisor_of(self);
    for (hew_message **link = &state->probes; *link;) {
        hew_message *message = *link;
        const hew_probe *probe = hew__payload(message);
        if (is_probe_for_itself(self, message)) { /* waits for this supervisor's own successor */
            link = (hew_message **)(void *)&message->block.next;
            continue;
        }
        uint64_t pid = hew_supervisor_child(self, hew__pid(self), probe->index);
        bool is_gone = state->phase == HEW_SUP_STOPPING;
        bool is_waiting = false;
        for (uint32_t i = 0; i < state->child_count; i++) {
            const hew_child *child = &state->children[i];
            if (child->spec != probe->index) continue;
            is_gone = is_gone || child->is_final;
            is_waiting = pid == probe->child;
            break;
        }
        if (is_waiting && !is_gone) {
            link = (hew_message **)(void *)&message->block.next;
            continue;
        }
        *link = (hew_message *)(void *)message->block.next;
        hew__probe_answer(self, message, is_gone ? 0 : pid);
    }
}

static void start_due(hew_actor *self) {
    hew_supervisor *state = hew__supervisor_of(self);
    for (uint32_t i = 0; i < state->child_count; i++) {
        if (!state->children[i].is_due || state->children[i].state != HEW_CHILD_ENDED) continue;
        if (hew__child_launch(self, self, i)) {
            atomic_fetch_add_explicit(&state->restarts_done, 1, memory_order_relaxed);
            atomic_fetch_add_explicit(&hew__rt.restarts, 1, memory_order_relaxed);
            continue;
        }
        escalate(self);
        return;
    }
    state->phase = HEW_SUP_RUNNING;
}

static void restart(hew_actor *self, uint32_t index) {
    hew_supervisor *state = hew__supervisor_of(self);
    if (!is_within_budget(state)) {
        hew__error_line("hew: supervisor %s gives up: child %s failed too often", state->spec->name, hew__child_name(state, index));
        escalate(self);
        return;
    }
    bool is_for_all = state->spec->strategy == HEW_STRATEGY_ONE_FOR_ALL;
    bool is_for_rest = state->spec->strategy == HEW_STRATEGY_REST_FOR_ONE;
    state->children[index].is_due = true;
    state->stop_from = is_for_all ? 0 : is_for_rest ? index : state->child_count;
    state->phase = HEW_SUP_REGROUPING;
}

/* --- hearing of an end --- */

static void judge(hew_actor *self, uint32_t index, const hew_child_ended *ended) {
    hew_supervisor *state = hew__supervisor_of(self);
    bool has_crashed = ended->how >= HEW_END_CRASHED;
    uint32_t policy = spec_of(state, index)->restart;
    bool may_restart = policy == HEW_RESTART_PERMANENT || (policy == HEW_RESTART_TRANSIENT && has_crashed);
    const hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_relaxed);
    if (ended->action == HEW_CRASH_ACTION_FAILED || (ended->action == HEW_CRASH_ACTION_ESCALATE && extra && extra->parent)) {
        escalate(self);
    } else if (may_restart && ended->action <= HEW_CRASH_ACTION_RESTART) {
        restart(self, index);
    } else {
        state->children[index].is_final = true;
        if (has_crashed) note_fault();
    }
}

static void hear(hew_actor *self, const hew_child_ended *ended) {
    hew_supervisor *state = hew__supervisor_of(self);
    hew_child *child = &state->children[ended->child];
    if (atomic_load_explicit(&child->pid, memory_order_relaxed) != ended->pid) return;
    bool was_asked = child->state == HEW_CHILD_STOPPING;
    child->state = HEW_CHILD_ENDED;
    if (was_asked) {
        hew__timer_cancel(&state->deadline);
        return;
    }
    if (state->phase == HEW_SUP_RUNNING && !is_ending()) judge(self, ended->child, ended);
    else if (ended->how == HEW_END_CRASHED && (is_ending() || state->phase == HEW_SUP_STOPPING)) note_fault();
    else if (state->phase == HEW_SUP_REGROUPING) child->is_due = true;
}

/* A child that could not even be started counts as one that failed at once. */
static void look_for_unstarted(hew_actor *self) {
    hew_supervisor *state = hew__supervisor_of(self);
    bool is_missing = !state->children || !state->restarts;
    for (uint32_t i = 0; i < state->child_count; i++) {
        is_missing = is_missing || atomic_load_explicit(&state->children[i].pid, memory_order_relaxed) == 0;
    }
    if (is_missing) escalate(self);
}

static void receive(hew_actor *self, hew_message *message) {
    hew_supervisor *state = hew__supervisor_of(self);
    switch (message->handler) {
    case HEW_HANDLER_CHILD_ENDED: hear(self, hew__payload(message)); break;
    case HEW_HANDLER_STOP:
        begin_stop(self);
        if (!state->stop_asker) { /* a second asker hears at once that it is too late */
            state->stop_asker = message->reply;
            message->reply = NULL;
        }
        break;
    case HEW_HANDLER_PROBE:
        if (is_probe_for_itself(self, message) && state->phase != HEW_SUP_STOPPING) {
            hew__probe_answer(self, message, hew__pid(self));
            return;
        }
        message->block.next = (hew_block *)(void *)state->probes;
        state->probes = message;
        return;
    default: break;
    }
    hew__message_drop(self, message, HEW_ASK_ACTOR_STOPPED);
}

static bool end_now(hew_actor *self) {
    hew_supervisor *state = hew__supervisor_of(self);
    answer_probes(self);
    while (state->probes) {
        hew_message *message = state->probes;
        state->probes = (hew_message *)(void *)message->block.next;
        hew__message_drop(self, message, HEW_ASK_ACTOR_STOPPED); /* goes on to the parent */
    }
    self->reply = state->stop_asker;
    state->stop_asker = NULL;
    return true;
}

static int supervisor_step(hew_actor *self) {
    hew_supervisor *state = hew__supervisor_of(self);
    uint32_t signals = atomic_load_explicit(&self->signals, memory_order_acquire);
    if (self->handler == 0) {
        self->handler = 1; /* the first step */
        look_for_unstarted(self);
    }
    if (signals & (HEW_SIGNAL_STOP | HEW_SIGNAL_KILL) && state->phase != HEW_SUP_STOPPING) begin_stop(self);
    if (signals & HEW_SIGNAL_TICK) {
        atomic_fetch_and_explicit(&self->signals, ~(uint32_t)HEW_SIGNAL_TICK, memory_order_acq_rel);
        if (atomic_exchange_explicit(&state->deadline.has_fired, 0, memory_order_acquire)) kill_stopping(self);
    }
    int before = (int)state->phase;
    hew_message *message = hew__mailbox_pop(self);
    if (message) {
        if (message->generation == atomic_load_explicit(&self->generation, memory_order_relaxed)) receive(self, message);
        else hew__message_drop(self, message, HEW_ASK_ACTOR_STOPPED);
    }
    if (state->phase != HEW_SUP_RUNNING && stop_next(self)) {
        if (state->phase == HEW_SUP_STOPPING && end_now(self)) return HEW_TURN_ENDS;
        start_due(self);
    }
    answer_probes(self);
    return message || (int)state->phase != before ? HEW_TURN_GOES_ON : HEW_TURN_WAITS;
}

const hew_supervision hew__supervision = {.start_child = hew__child_start, .step = supervisor_step};
