/* Leaving an activation: traps, panics, exit, and the report of a crash. */
#include <stdio.h>
#include <string.h>

#include "hew/sched.h"

int hew__protect(hew_actor *self, void (*body)(hew_actor *self, void *context), void *context) {
    hew_worker *worker = self->worker;
    jmp_buf here;
    jmp_buf *outer = worker->jump;
    worker->jump = &here;
    int code = _setjmp(here);
    if (code == 0) body(self, context);
    worker->jump = outer;
    return code;
}

static _Noreturn void leave_with(hew_actor *self, int32_t code, hew_block *message) {
    hew_worker *worker = self->worker;
    if (!worker->jump) hew__fatal("a trap outside of any activation");
    worker->trap_code = code;
    worker->trap_message = message;
    _longjmp(*worker->jump, code);
}

_Noreturn void hew__leave(hew_actor *self, int32_t code) {
    self->worker->trap_site[0] = '\0';
    leave_with(self, code, NULL);
}

_Noreturn void hew__leave_from(hew_actor *self, int32_t code, const char *site) {
    snprintf(self->worker->trap_site, sizeof self->worker->trap_site, "%s", site);
    leave_with(self, code, NULL);
}

_Noreturn void hew_trap(hew_actor *self, int32_t code, const char *file, int32_t line, int32_t column) {
    hew_worker *worker = self->worker;
    snprintf(worker->trap_site, sizeof worker->trap_site, " at %s:%d:%d", file, line, column);
    leave_with(self, code, NULL);
}

_Noreturn void hew_trap_message(hew_actor *self, int32_t code, hew_block *message) {
    self->worker->trap_site[0] = '\0';
    leave_with(self, code, message);
}

_Noreturn void hew_panic(hew_actor *self, hew_block *message) { hew_trap_message(self, HEW_TRAP_PANIC, message); }

_Noreturn void hew_exit(hew_actor *self, int64_t code) {
    hew__request_end(code, HEW_END_REQUEST_NOW);
    hew__leave(self, HEW_TRAP_EXITED);
}

/* Why the guard was above the stack pointer: a request, or really no stack. */
void hew_safepoint(hew_actor *self) {
    char here;
    if ((uintptr_t)&here < self->worker->stack_limit) hew__leave(self, HEW_TRAP_STACK_OVERFLOW);
    atomic_store_explicit(&self->stack_guard, self->worker->stack_limit, memory_order_relaxed);
    /* seq_cst: the guard is lowered before the signals are read; pairs with actor_signal */
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&self->signals, memory_order_acquire) & HEW_SIGNAL_KILL) hew__leave(self, HEW_TRAP_KILLED);
}

static const char *trap_name(int32_t code) {
    static const char *const names[] = HEW_TRAP_NAMES;
    int32_t index = code - HEW_TRAP_PANIC;
    return index >= 0 && index < (int32_t)(sizeof names / sizeof *names) ? names[index] : "Unknown";
}

static const char *message_text(const hew_block *message) {
    return message ? ((const hew_string *)(const void *)message)->data : "";
}

static void report_main(const hew_worker *worker) {
    const char *text = message_text(worker->trap_message);
    switch (worker->trap_code) {
    case HEW_TRAP_PANIC: hew__error_line("hew: panic in main: %s", text); break;
    case HEW_TRAP_ASSERTION_FAILED:
    case HEW_TRAP_STREAM_FAULT: hew__error_line("%s", text); break;
    default:
        if (worker->trap_message) hew__error_line("PANIC: %s", text);
        else hew__error_line("hew: trap in main context: %s%s", trap_name(worker->trap_code), worker->trap_site);
    }
}

void hew__report_crash(hew_actor *self) {
    const hew_worker *worker = self->worker;
    if (worker->trap_code == HEW_TRAP_EXITED || worker->trap_code == HEW_TRAP_KILLED) return;
    if (hew__pid(self) == hew__rt.root) {
        report_main(worker);
        return;
    }
    const char *text = message_text(worker->trap_message);
    const char *handler = self->handler < self->type->handler_count && self->type->handlers ? self->type->handlers[self->handler].name : "init";
    if (worker->trap_code == HEW_TRAP_PANIC) {
        hew__error_line("hew: actor %s crashed in %s: panic: %s", self->type->name, handler, text);
    } else if (worker->trap_message) {
        bool is_bare = worker->trap_code == HEW_TRAP_ASSERTION_FAILED || worker->trap_code == HEW_TRAP_STREAM_FAULT;
        hew__error_line("%s%s", is_bare ? "" : "PANIC: ", text);
        hew__error_line("hew: actor %s crashed in %s", self->type->name, handler);
    } else {
        hew__error_line("hew: actor %s crashed in %s: %s%s", self->type->name, handler, trap_name(worker->trap_code), worker->trap_site);
    }
}
