/* What the machines of an actor emitted and nobody took yet: a count for each kind of event.
 *
 * Only the running actor looks at its own list. An event is a number that the compiler makes of the
 * machine's name and the event's place, so machines of one type share a count. */
#include "hew/link.h"
#include "hew/sched.h"

typedef struct hew_emitted {
    struct hew_emitted *next;
    uint64_t event;
    int64_t count;
} emitted;

static emitted *find(const hew_extra *extra, uint64_t event) {
    emitted *at = extra->emitted;
    while (at && at->event != event) at = at->next;
    return at;
}

void hew_emit(hew_actor *self, uint64_t event) {
    hew_extra *extra = hew__extra(self->worker, self);
    emitted *at = extra ? find(extra, event) : NULL;
    if (extra && !at) {
        at = hew__alloc(self->worker, sizeof *at);
        if (at) {
            *at = (emitted){.next = extra->emitted, .event = event};
            extra->emitted = at;
        }
    }
    if (!at) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    at->count++;
}

int64_t hew_take_emits(hew_actor *self, uint64_t event) {
    hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_acquire);
    emitted *at = extra ? find(extra, event) : NULL;
    if (!at) return 0;
    int64_t count = at->count;
    emitted **link = &extra->emitted;
    while (*link != at) link = &(*link)->next;
    *link = at->next;
    hew__free(self->worker, at);
    return count;
}

void hew__emitted_free(hew_worker *worker, hew_extra *extra) {
    while (extra->emitted) {
        emitted *at = extra->emitted;
        extra->emitted = at->next;
        hew__free(worker, at);
    }
}
