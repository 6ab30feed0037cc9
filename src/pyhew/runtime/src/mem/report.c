/* Check mode: the report of what was left or released too often, one JSON object per line.
 *
 * It goes to the file that HEW_LEAK_REPORT names. What an actor leaves at a normal end is `lost`, or `rc-cycle` when only
 * a ring of Rc cells holds it; what nobody owns when everything has ended is named by its purpose. */
#if defined(HEW_MODE_CHECK)
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hew/note.h"
#include "hew/sched.h"

/* A mark in `type_flags`, in the bits that release mode uses for size classes: a ring keeps this block. */
enum { MARK_REACHED = 1 << 28 };

static hew_lock lock;
static _Atomic uint32_t rows;
static int file;

void hew__check_start(void) {
    const char *path = hew__environment("HEW_LEAK_REPORT");
    hew__lock_init(&lock);
    atomic_store_explicit(&rows, 0, memory_order_relaxed);
    file = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}

uint32_t hew__check_rows(void) { return atomic_load_explicit(&rows, memory_order_relaxed); }

/* Adds text to a row, as a JSON string's inside; names hold nothing worth an escape. */
static void add(char *row, size_t *length, size_t size, const char *text) {
    for (; *text && *length + 1 < size; text++) {
        if (*text != '"' && *text != '\\' && (unsigned char)*text >= ' ') row[(*length)++] = *text;
    }
    row[*length] = '\0';
}

static void add_plain(char *row, size_t *length, size_t size, const char *text) {
    size_t more = strlen(text);
    if (*length + more + 1 > size) return;
    memcpy(row + *length, text, more + 1);
    *length += more;
}

/* A handler's name, or the empty text for what is none. */
static const char *handler_name(const hew_actor_type *type, uint32_t handler) {
    return type && type->handlers && handler < type->handler_count ? type->handlers[handler].name : "";
}

static void write_row(hew_note *note, const char *kind, const char *type, const char *path) {
    enum { SIZE = 4096, TAIL = 64 };
    char row[SIZE];
    char part[128];
    size_t length = 0;
    atomic_fetch_add_explicit(&rows, 1, memory_order_relaxed);
    note->is_reported = 1;
    if (file < 0) return;
    add_plain(row, &length, SIZE, "{\"kind\":\"");
    add(row, &length, SIZE, kind);
    add_plain(row, &length, SIZE, "\",\"type\":\"");
    add(row, &length, 512, type);
    snprintf(part, sizeof part, "\",\"blocks\":1,\"bytes\":%zu,\"stack\":[", note->size);
    add_plain(row, &length, SIZE, part);
    for (uint32_t i = 0; i < note->depth; i++) {
        snprintf(part, sizeof part, "%s\"0x%llx\"", i ? "," : "", (unsigned long long)(uintptr_t)note->stack[i]);
        add_plain(row, &length, SIZE, part);
    }
    add_plain(row, &length, SIZE, "],\"actor\":\"");
    if (note->actor) add(row, &length, SIZE - 1024, note->actor->name);
    add_plain(row, &length, SIZE, "\",\"handler\":\"");
    add(row, &length, SIZE - 768, handler_name(note->actor, note->handler));
    add_plain(row, &length, SIZE, "\",\"path\":\"");
    add(row, &length, SIZE - TAIL, path);
    add_plain(row, &length, SIZE, "\"}\n");
    hew__lock(&lock);
    hew__write(file, row, length);
    hew__unlock(&lock);
}

/* --- cycles of Rc cells --- */

typedef struct search {
    hew_block **work;
    size_t count;
    hew_block *from;
    hew_block *start;
} search;

static void note_way(const search *at, hew_block **slot) {
    hew__note_of(*slot)->via = hew__note_of(at->from);
    hew__note_of(*slot)->via_name = hew__slot_name(at->from, slot);
}

static void reach(void *context, hew_block **slot) {
    search *at = context;
    hew_block *block = *slot;
    if (!block || hew__is_static(block)) return;
    if (block == at->start && !hew__note_of(block)->via) note_way(at, slot);
    if (block->type_flags & MARK_REACHED) return;
    block->type_flags |= MARK_REACHED;
    note_way(at, slot);
    at->work[at->count++] = block;
}

/* Goes on from `start` to everything it reaches, nearest first; what an earlier ring keeps stays with that one. */
static void search_from(hew_block *start, search *at) {
    at->start = start;
    at->count = 0;
    hew__note_of(start)->via = NULL;
    start->type_flags |= MARK_REACHED;
    at->work[at->count++] = start;
    for (size_t i = 0; i < at->count; i++) {
        at->from = at->work[i];
        hew__visit_slots(at->work[i], reach, at);
    }
}

/* Around the ring, as `Rc<Node>.next -> Rc<Node>`: from each holder by its field to what it holds. */
static void path_of(hew_block *start, char *path, size_t size) {
    enum { MOST_STEPS = 16 };
    const hew_note *way[MOST_STEPS + 1];
    size_t length = 0;
    int steps = 0;
    way[0] = hew__note_of(start);
    while (steps < MOST_STEPS && way[steps]->via && (steps == 0 || way[steps] != way[0])) {
        way[steps + 1] = way[steps]->via;
        steps++;
    }
    path[0] = '\0';
    for (int i = steps; i >= 0; i--) {
        const hew_type *type = hew__type_of(hew__noted_block(way[i]));
        bool is_closure = type->kind == HEW_KIND_OBJECT;
        if (is_closure) add(path, &length, size, "(");
        add(path, &length, size, type->name);
        if (is_closure) add(path, &length, size, ")");
        if (i == 0) return;
        if (way[i - 1]->via_name) {
            add(path, &length, size, ".");
            add(path, &length, size, way[i - 1]->via_name);
        }
        add(path, &length, size, " -> ");
    }
}

/* The first holder of a block that is seen stays noted. */
static void note_holder(void *context, hew_block **slot) {
    const search *at = context;
    hew_block *block = *slot;
    if (block && !hew__is_static(block) && !hew__note_of(block)->via) note_way(at, slot);
}

/* From a block to its holder, to the holder of that: the first met twice is in a ring. NULL when the way ends, or comes
 * to where an earlier walk ended. */
static hew_block *walk_back(hew_block *block, uint32_t walk) {
    while (block) {
        hew_note *note = hew__note_of(block);
        if (note->walk == walk) return block;
        if (note->walk) return NULL;
        note->walk = walk;
        block = note->via ? hew__noted_block(note->via) : NULL;
    }
    return NULL;
}

/* The cell of a ring that one of its blocks is in: a ring goes through one. */
static hew_block *cell_of(hew_block *block) {
    hew_block *at = block;
    while (hew__type_of(at)->kind != HEW_KIND_RC) {
        at = hew__noted_block(hew__note_of(at)->via);
        if (at == block) break;
    }
    return at;
}

/* Every ring with what it keeps. Each block is walked over once and reached once, so a heap of rings costs no more than its size. */
static void write_cycles(hew_block_list *heap) {
    char path[512];
    size_t blocks = 0;
    search at = {0};
    for (hew_block *block = heap->next; block != hew__list_end(heap); block = block->next) blocks++;
    at.work = malloc(blocks * sizeof *at.work);
    if (!at.work) return;
    for (hew_block *block = heap->next; block != hew__list_end(heap); block = block->next) {
        at.from = block;
        hew__visit_slots(block, note_holder, &at);
    }
    uint32_t walk = 0;
    for (hew_block *block = heap->next; block != hew__list_end(heap); block = block->next) {
        hew_block *ring = block->type_flags & MARK_REACHED ? NULL : walk_back(block, ++walk);
        if (!ring) continue;
        search_from(cell_of(ring), &at);
        path_of(at.start, path, sizeof path);
        for (size_t i = 0; i < at.count; i++) write_row(hew__note_of(at.work[i]), "rc-cycle", hew__type_of(at.work[i])->name, path);
    }
    free(at.work);
}

void hew__check_lost(hew_actor *actor) {
    if (hew__list_is_empty(&actor->heap)) return;
    write_cycles(&actor->heap);
    for (hew_block *block = actor->heap.next; block != hew__list_end(&actor->heap); block = block->next) {
        if (!(block->type_flags & MARK_REACHED)) write_row(hew__note_of(block), "lost", hew__type_of(block)->name, "");
    }
}

/* --- the end --- */

static void report_left(hew_note *note, void *context) {
    (void)context;
    static const char *const kinds[HEW_PURPOSES] = {"owned-at-exit", "undelivered-message", "live-handle"};
    const char *type = note->purpose == HEW_FOR_RUNTIME ? "runtime object" : hew__type_of(hew__noted_block(note))->name;
    write_row(note, kinds[note->purpose], type, "");
}

void hew__check_finish(int64_t allocations) {
    hew__notes_each(report_left, NULL);
    if (file >= 0) {
        char row[96];
        int length = snprintf(row, sizeof row, "{\"allocated\":%lld,\"header\":%zu}\n", (long long)allocations, sizeof(hew_note));
        hew__write(file, row, (size_t)length);
        close(file);
    }
    hew__lock_deinit(&lock);
}

void hew__check_endless(const hew_actor *actor) {
    hew_note note = {.actor = actor->type, .handler = actor->handler};
    write_row(&note, "actor-not-stopped", actor->type->name, "");
}

_Noreturn void hew__check_over_release(const hew_block *block) {
    const char *name = hew__type_of(block)->name;
    write_row(hew__note_of(block), "over-release", name, "");
    hew__fatal("a %s is released twice", name);
}
#endif
