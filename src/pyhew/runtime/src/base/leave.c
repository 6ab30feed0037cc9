/* Leaving an activation: traps and panics.
 *
 * A jump to whoever protects what runs, which the thread knows: anything may leave, so this calls nothing that can. */
#include <stdio.h>

#include "hew/sched.h"

hew_actor *hew_running_actor(void) {
    const hew_thread *thread = hew__own();
    if (!thread || !thread->actor) hew__fatal("C called a Hew function on a thread that runs no actor");
    return thread->actor;
}

int hew__protect(hew_actor *self, void (*body)(hew_actor *self, void *context), void *context) {
    hew_thread *thread = self->worker->thread;
    jmp_buf here;
    jmp_buf *outer = thread->jump;
    hew_actor *before = thread->actor;
    thread->jump = &here;
    thread->actor = self;
    int code = _setjmp(here);
    if (code == 0) body(self, context);
    thread->jump = outer;
    thread->actor = before;
    return code;
}

static _Noreturn void leave_with(hew_actor *self, int32_t code, hew_block *message) {
    hew_thread *thread = self->worker->thread;
    if (!thread->jump) hew__fatal("a trap outside of any activation");
    thread->trap_code = code;
    thread->trap_message = message;
    _longjmp(*thread->jump, code);
}

_Noreturn void hew__leave(hew_actor *self, int32_t code) {
    self->worker->thread->trap_site[0] = '\0';
    leave_with(self, code, NULL);
}

_Noreturn void hew__leave_from(hew_actor *self, int32_t code, const char *site) {
    snprintf(self->worker->thread->trap_site, sizeof self->worker->thread->trap_site, "%s", site);
    leave_with(self, code, NULL);
}

_Noreturn void hew_trap(hew_actor *self, int32_t code, const char *file, int32_t line, int32_t column) {
    hew_thread *thread = self->worker->thread;
    snprintf(thread->trap_site, sizeof thread->trap_site, " at %s:%d:%d", file, line, column);
    leave_with(self, code, NULL);
}

_Noreturn void hew_trap_message(hew_actor *self, int32_t code, hew_block *message) {
    self->worker->thread->trap_site[0] = '\0';
    leave_with(self, code, message);
}

_Noreturn void hew_panic(hew_actor *self, hew_block *message) { hew_trap_message(self, HEW_TRAP_PANIC, message); }
