/* Exit, what a safepoint asks for, and the report of a crash. */
#include <stdio.h>
#include <string.h>

#include "hew/link.h"
#include "hew/sched.h"
#include "hew/seeded.h"

/* The activation stays on its thread, whatever happens to the worker meanwhile. */
_Noreturn void hew_exit(hew_actor *self, int64_t code) {
    hew__request_end(code, HEW_END_REQUEST_NOW);
    hew__leave(self, HEW_TRAP_EXITED);
}

/* A seeded run hands over at one safepoint in so many. */
enum { SEEDED_STAY = 64 };

/* Why the guard was above the stack pointer: no stack, a kill, or others that wait for the worker. */
void hew_safepoint(hew_actor *self) {
    uintptr_t limit = self->worker->thread->stack_limit;
    if ((uintptr_t)__builtin_frame_address(0) < limit) hew__leave(self, HEW_TRAP_STACK_OVERFLOW);
    if (hew__rt.trap_at > 0 && atomic_fetch_add_explicit(&hew__rt.safepoints, 1, memory_order_relaxed) + 1 == hew__rt.trap_at) {
        hew__leave(self, HEW_TRAP_UNREACHABLE);
    }
    if (hew__rt.is_seeded && hew__seeded_pick(SEEDED_STAY) == 0 && atomic_load_explicit(&hew__rt.queue_length, memory_order_relaxed) > 0) {
        hew__seeded_note(1, hew__pid(self));
        hew__hand_over(self);
    }
    for (;;) {
        /* Tests that inject traps, and seeded runs, want to see every safepoint. */
        atomic_store_explicit(&self->stack_guard, hew__rt.stops_everywhere ? UINTPTR_MAX : limit, memory_order_seq_cst);
        /* seq_cst: the guard is lowered before the signals are read; pairs with actor_signal */
        uint32_t signals = atomic_load_explicit(&self->signals, memory_order_seq_cst);
        if (signals & HEW_SIGNAL_KILL || (signals & HEW_SIGNAL_CANCEL && hew__task_owes_nothing(self))) hew__leave(self, HEW_TRAP_KILLED);
        if (!(signals & HEW_SIGNAL_CROWDED)) return;
        atomic_fetch_and_explicit(&self->signals, ~(uint32_t)HEW_SIGNAL_CROWDED, memory_order_seq_cst);
        hew__make_room(self);
    }
}

static const char *trap_name(int32_t code) {
    static const char *const names[] = HEW_TRAP_NAMES;
    int32_t index = code - HEW_TRAP_PANIC;
    return index >= 0 && index < (int32_t)(sizeof names / sizeof *names) ? names[index] : "Unknown";
}

static const char *message_text(const hew_block *message) {
    return message ? ((const hew_string *)(const void *)message)->bytes : "";
}

static void report_main(const hew_thread *thread) {
    const char *text = message_text(thread->trap_message);
    switch (thread->trap_code) {
    case HEW_TRAP_PANIC: hew__error_line("hew: panic in main: %s", text); break;
    case HEW_TRAP_ASSERTION_FAILED:
    case HEW_TRAP_STREAM_FAULT: hew__error_line("%s", text); break;
    default:
        if (thread->trap_message) hew__error_line("PANIC: %s", text);
        else hew__error_line("hew: trap in main context: %s%s", trap_name(thread->trap_code), thread->trap_site);
    }
}

void hew__report_crash(hew_actor *self) {
    const hew_thread *thread = self->worker->thread;
    if (thread->trap_code == HEW_TRAP_EXITED || thread->trap_code == HEW_TRAP_KILLED) return;
    if (hew__pid(self) == hew__rt.root) {
        report_main(thread);
        return;
    }
    const char *text = message_text(thread->trap_message);
    const char *handler = self->handler < self->type->handler_count && self->type->handlers ? self->type->handlers[self->handler].name : "init";
    if (thread->trap_code == HEW_TRAP_PANIC) {
        hew__error_line("hew: actor %s crashed in %s: panic: %s", self->type->name, handler, text);
    } else if (thread->trap_message) {
        bool is_bare = thread->trap_code == HEW_TRAP_ASSERTION_FAILED || thread->trap_code == HEW_TRAP_STREAM_FAULT;
        hew__error_line("%s%s", is_bare ? "" : "PANIC: ", text);
        hew__error_line("hew: actor %s crashed in %s", self->type->name, handler);
    } else {
        hew__error_line("hew: actor %s crashed in %s: %s%s", self->type->name, handler, trap_name(thread->trap_code), thread->trap_site);
    }
}
