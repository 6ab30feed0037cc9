/* Check mode: every allocation is its own `malloc`, with a note of where it was made in front.
 *
 * Freed blocks wait in a ring before they are really freed, so that a second release finds its note. Under
 * valgrind and AddressSanitizer, which see more than we do, they do not wait. */
#if defined(HEW_MODE_CHECK)
#include <stdlib.h>
#include <string.h>

#include "hew/note.h"
#include "hew/sched.h"

enum { LISTS = 16, RING = 256, LIVE = 0x48455721, FREED = 0x66726565 };

typedef struct note_list {
    hew_lock lock;
    hew_note *first;
    hew_note *ring[RING];
    uint32_t ring_next;
} note_list;

static note_list lists[LISTS];
static bool has_ring;
/* Reported leaks are not freed, so that valgrind, which runs the program, has its own say. */
static bool keeps_leaks;

/* For tests: the HEW_FAIL_AT-th allocation fails, and with HEW_FAIL_ON=1 every later one. */
static int64_t fail_at;
static bool fails_on;
static _Atomic int64_t asked;

bool hew__may_allocate(void) {
    if (fail_at <= 0) return true;
    int64_t number = atomic_fetch_add_explicit(&asked, 1, memory_order_relaxed) + 1;
    return number < fail_at || (number > fail_at && !fails_on);
}

int64_t hew__allocations_asked(void) { return atomic_load_explicit(&asked, memory_order_relaxed); }

void hew__mem_start(void) {
    const char *preloaded = hew__environment("LD_PRELOAD");
    has_ring = !preloaded || !strstr(preloaded, "vgpreload");
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    has_ring = false;
#endif
    keeps_leaks = hew__environment_number("HEW_LEAK_KEEP", 0) != 0;
    fail_at = hew__environment_number("HEW_FAIL_AT", 0);
    fails_on = hew__environment_number("HEW_FAIL_ON", 0) != 0;
    atomic_store_explicit(&asked, 0, memory_order_relaxed);
    memset(lists, 0, sizeof lists);
    for (int i = 0; i < LISTS; i++) hew__lock_init(&lists[i].lock);
}

void hew__mem_sweep(void) {}

void hew__mem_finish(void) {
    for (int i = 0; i < LISTS; i++) {
        for (int k = 0; k < RING; k++) free(lists[i].ring[k]);
        hew__lock_deinit(&lists[i].lock);
    }
}

int64_t hew__mem_mapped(void) { return 0; }
int64_t hew__mem_used(void) { return 0; }

static note_list *list_of(const hew_note *note) { return &lists[(uintptr_t)note / 64 % LISTS]; }

void hew__notes_each(void (*visit)(hew_note *note, void *context), void *context) {
    for (int i = 0; i < LISTS; i++) {
        for (hew_note *note = lists[i].first; note; note = note->next) visit(note, context);
    }
}

void hew__notes_each_locked(void (*visit)(hew_note *note, void *context), void *context) {
    for (int i = 0; i < LISTS; i++) {
        hew__lock(&lists[i].lock);
        for (hew_note *note = lists[i].first; note; note = note->next) visit(note, context);
        hew__unlock(&lists[i].lock);
    }
}

/* Follows the frame pointers, which every function keeps. */
__attribute__((no_sanitize("address", "thread"))) uint16_t hew__stack_walk(const hew_worker *worker, void **stack) {
    uint16_t depth = 0;
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    while (depth < HEW_NOTE_FRAMES && frame < worker->thread->stack_top && frame % sizeof(void *) == 0) {
        const uintptr_t *words = (const uintptr_t *)frame;
        stack[depth++] = (void *)words[1];
        if (words[0] <= frame) break;
        frame = words[0];
    }
    return depth;
}

static void *note_alloc(hew_worker *worker, hew_purpose purpose, size_t size) {
    hew_note *note = hew__may_allocate() ? malloc(sizeof *note + size) : NULL;
    if (!note) return NULL;
    hew_counters *counters = hew__counters(worker);
    hew__count(&counters->live[purpose], 1);
    if (purpose != HEW_FOR_RUNTIME) hew__count(&counters->allocations, 1);
    memset(note, 0, sizeof *note);
    note->size = size;
    note->magic = LIVE;
    note->purpose = (uint16_t)purpose;
    hew_actor *running = worker ? atomic_load_explicit(&worker->running, memory_order_relaxed) : NULL;
    if (running) {
        note->actor = running->type;
        note->handler = running->handler;
        note->depth = hew__stack_walk(worker, note->stack);
    }
    note_list *list = list_of(note);
    hew__lock(&list->lock);
    note->next = list->first;
    if (list->first) list->first->prev = note;
    list->first = note;
    hew__unlock(&list->lock);
    if (purpose != HEW_FOR_RUNTIME) hew__profile_change((int64_t)size);
    return note + 1;
}

static void note_free(hew_worker *worker, hew_purpose purpose, void *memory) {
    hew_note *note = hew__note_of(memory);
    if (note->magic != LIVE) {
        if (purpose == HEW_FOR_RUNTIME) hew__fatal("memory of the runtime is freed twice");
        hew__check_over_release(memory);
    }
    hew__count(&hew__counters(worker)->live[purpose], -1);
    if (purpose != HEW_FOR_RUNTIME) hew__profile_change(-(int64_t)note->size);
    note_list *list = list_of(note);
    hew__lock(&list->lock);
    if (note->prev) note->prev->next = note->next;
    else list->first = note->next;
    if (note->next) note->next->prev = note->prev;
    hew_note *old = note;
    if (has_ring) {
        old = list->ring[list->ring_next];
        list->ring[list->ring_next] = note;
        list->ring_next = (list->ring_next + 1) % RING;
    }
    note->magic = FREED;
    hew__unlock(&list->lock);
    if (keeps_leaks && note->is_reported) return;
    free(old);
}

hew_block *hew__block_take(hew_worker *worker, hew_purpose purpose, size_t size) {
    hew_block *block = note_alloc(worker, purpose, size);
    if (!block) return NULL;
    block->count = 1;
    block->type_flags = 0;
    return block;
}

void hew__block_give(hew_worker *worker, hew_purpose purpose, hew_block *block) {
    block->count = 0;
    note_free(worker, purpose, block);
}

hew_block *hew__block_resize(hew_block *block, size_t size) {
    (void)block;
    (void)size;
    return NULL; /* every size has its own note */
}

size_t hew__usable_size(hew_block *block) { return hew__note_of(block)->size; }

void *hew__alloc(hew_worker *worker, size_t size) { return note_alloc(worker, HEW_FOR_RUNTIME, size); }
void hew__free(hew_worker *worker, void *memory) { note_free(worker, HEW_FOR_RUNTIME, memory); }
#endif
