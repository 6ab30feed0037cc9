/* Check mode: how much lives over time, and by the place that made it: at the highest point, and when the program rests.
 *
 * Asked for by HEW_HEAP_PROFILE, the file to write: one JSON object per line. The program rests when `main` has returned
 * and nothing runs, before anything is torn down: what then lives belongs to actors that still do, and each block is told
 * with the actor that owns it and the field by which. Actors are slots and no blocks: the places that made them are kept apart. */
#if defined(HEW_MODE_CHECK)
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hew/note.h"
#include "hew/sched.h"

enum { SAMPLES = 512, SITES = 1024, LEAST_STEP = 4096, BIRTHS = 4096 };

typedef struct profile_site {
    int64_t blocks;
    int64_t bytes;
    const hew_actor_type *actor;
    const char *type; /* this, the keeper and the field at rest only */
    const hew_actor_type *keeper;
    const char *field;
    uint16_t handler;
    uint16_t depth;
    void *stack[HEW_NOTE_FRAMES];
} profile_site;

typedef struct profile_snapshot {
    int64_t bytes;
    bool is_rest; /* nothing runs: blocks are whole, and have their types */
    profile_site sites[SITES];
    profile_site others; /* when there are more places than room */
} profile_snapshot;

/* How many actors live that this place made. */
typedef struct profile_birth {
    const hew_actor_type *type;
    int64_t live;
    int64_t rest;
    profile_site by;
} profile_birth;

typedef struct profile {
    hew_lock lock;
    int64_t live;
    int64_t events;
    int64_t step;
    uint32_t count;
    int64_t at[SAMPLES];
    int64_t bytes[SAMPLES];
    profile_snapshot peak;
    profile_snapshot rest;
    profile_birth births[BIRTHS]; /* by hash; what finds no room is the last */
    uint16_t *birth_of;           /* by the slot's index */
    uint32_t birth_room;
} profile;

static profile *state;

void hew__profile_start(void) {
    state = hew__environment("HEW_HEAP_PROFILE") ? calloc(1, sizeof *state) : NULL;
    if (!state) return;
    hew__lock_init(&state->lock);
    state->step = 1;
}

static uint64_t hash_of(const profile_site *site) {
    uint64_t hash = (uint64_t)(uintptr_t)site->actor * 31 + site->handler;
    hash = (hash ^ (uint64_t)(uintptr_t)site->type) * 31 ^ (uint64_t)(uintptr_t)site->keeper ^ (uint64_t)(uintptr_t)site->field;
    for (uint32_t i = 0; i < site->depth; i++) hash = (hash ^ (uint64_t)(uintptr_t)site->stack[i]) * 0x9e3779b97f4a7c15ULL;
    return hash >> 20;
}

static bool is_same(const profile_site *one, const profile_site *other) {
    bool is_place = one->actor == other->actor && one->handler == other->handler && one->depth == other->depth;
    bool is_kind = one->type == other->type && one->keeper == other->keeper && one->field == other->field;
    return is_place && is_kind && memcmp(one->stack, other->stack, one->depth * sizeof *one->stack) == 0;
}

static profile_site *site_of(profile_snapshot *into, const profile_site *wanted) {
    uint64_t start = hash_of(wanted);
    for (uint64_t i = 0; i < 64; i++) {
        profile_site *site = &into->sites[(start + i) % SITES];
        if (!site->blocks) *site = *wanted;
        if (is_same(site, wanted)) return site;
    }
    return &into->others;
}

static void count_note(hew_note *note, void *context) {
    profile_snapshot *into = context;
    if (note->purpose == HEW_FOR_RUNTIME) return;
    profile_site wanted = {.actor = note->actor, .handler = note->handler, .depth = note->depth, .keeper = note->keeper, .field = note->keeper_field};
    if (into->is_rest) wanted.type = hew__type_of(hew__noted_block(note))->name;
    memcpy(wanted.stack, note->stack, note->depth * sizeof *note->stack);
    profile_site *site = site_of(into, &wanted);
    site->blocks++;
    site->bytes += (int64_t)note->size;
    into->bytes += (int64_t)note->size;
}

static void take(profile_snapshot *into, bool is_rest) {
    memset(into, 0, sizeof *into);
    into->is_rest = is_rest;
    hew__notes_each_locked(count_note, into);
}

static void sample(void) {
    if (state->events % state->step != 0) return;
    if (state->count == SAMPLES) {
        for (uint32_t i = 0; i < SAMPLES / 2; i++) {
            state->at[i] = state->at[2 * i];
            state->bytes[i] = state->bytes[2 * i];
        }
        state->count = SAMPLES / 2;
        state->step *= 2;
        return;
    }
    state->at[state->count] = state->events;
    state->bytes[state->count++] = state->live;
}

void hew__profile_change(int64_t bytes) {
    if (!state) return;
    hew__lock(&state->lock);
    state->live += bytes;
    state->events++;
    sample();
    if (state->live > state->peak.bytes + state->peak.bytes / 8 + LEAST_STEP) take(&state->peak, false);
    hew__unlock(&state->lock);
}

/* --- actors, by the place that made them --- */

static uint16_t birth_at(const hew_worker *worker, const hew_actor *actor) {
    profile_site by = {0};
    hew_actor *running = worker ? atomic_load_explicit(&worker->running, memory_order_relaxed) : NULL;
    if (running) {
        by.actor = running->type;
        by.handler = running->handler;
        by.depth = hew__stack_walk(worker, by.stack);
    }
    uint64_t start = hash_of(&by) ^ (uint64_t)(uintptr_t)actor->type >> 4;
    for (uint64_t i = 0; i < 64; i++) {
        uint64_t at = (start + i) % (BIRTHS - 1);
        profile_birth *birth = &state->births[at];
        if (!birth->type) *birth = (profile_birth){.type = actor->type, .by = by};
        if (birth->type == actor->type && is_same(&birth->by, &by)) return (uint16_t)at;
    }
    return BIRTHS - 1;
}

static bool has_room_for(uint32_t index) {
    if (index < state->birth_room) return true;
    uint32_t room = index * 2 + 64;
    uint16_t *more = realloc(state->birth_of, room * sizeof *more);
    if (!more) return false;
    for (uint32_t i = state->birth_room; i < room; i++) more[i] = BIRTHS - 1;
    state->birth_of = more;
    state->birth_room = room;
    return true;
}

void hew__profile_born(const hew_worker *worker, const hew_actor *actor) {
    if (!state) return;
    hew__lock(&state->lock);
    if (has_room_for(actor->index)) {
        uint16_t at = birth_at(worker, actor);
        state->birth_of[actor->index] = at;
        state->births[at].live++;
    }
    hew__unlock(&state->lock);
}

void hew__profile_gone(const hew_actor *actor) {
    if (!state) return;
    hew__lock(&state->lock);
    if (actor->index < state->birth_room) state->births[state->birth_of[actor->index]].live--;
    hew__unlock(&state->lock);
}

/* --- at rest --- */

typedef struct keep_search {
    hew_actor *actor;
    hew_block *from;
    const char *field;
    hew_block **work;
    size_t count;
    size_t room;
} keep_search;

static void keep(void *context, hew_block **slot) {
    keep_search *at = context;
    hew_block *block = *slot;
    if (!block || hew__is_static(block) || hew__note_of(block)->keeper_field || at->count == at->room) return;
    const char *field = at->from ? at->field : hew__state_name(at->actor, slot);
    hew__note_of(block)->keeper_field = field ? field : "";
    at->work[at->count++] = block;
}

/* Whose each block of an actor is, and by which field. A handler that waits has taken the state along: of that only the actor is known. */
static void find_keepers(hew_actor *actor, void *context) {
    (void)context;
    size_t blocks = 0;
    for (hew_block *block = actor->heap.next; block != hew__list_end(&actor->heap); block = block->next, blocks++) {
        hew__note_of(block)->keeper = actor->type;
    }
    keep_search at = {.actor = actor, .room = blocks, .work = blocks ? malloc(blocks * sizeof *at.work) : NULL};
    if (!at.work) return;
    if (!actor->frame) hew__visit_state(actor, keep, &at);
    for (size_t i = 0; i < at.count; i++) {
        at.from = at.work[i];
        at.field = hew__note_of(at.from)->keeper_field;
        hew__visit_slots(at.from, keep, &at);
    }
    free(at.work);
}

void hew__profile_rest(bool (*comes_to_rest)(void), hew_each_actor *each_actor) {
    if (!state) return;
    bool is_rest = comes_to_rest();
    hew__lock(&state->lock);
    if (is_rest) each_actor(find_keepers, NULL);
    take(&state->rest, is_rest);
    if (state->rest.bytes > state->peak.bytes) state->peak = state->rest;
    for (int i = 0; i < BIRTHS; i++) state->births[i].rest = state->births[i].live;
    hew__unlock(&state->lock);
}

/* --- the file --- */

static void write_place(FILE *out, const profile_site *site) {
    bool has_name = site->actor && site->actor->handlers && site->handler < site->actor->handler_count;
    fprintf(out, "\"actor\":\"%s\",\"handler\":\"%s\",\"stack\":[", site->actor ? site->actor->name : "",
            has_name ? site->actor->handlers[site->handler].name : "");
    for (uint32_t i = 0; i < site->depth; i++) fprintf(out, "%s\"0x%llx\"", i ? "," : "", (unsigned long long)(uintptr_t)site->stack[i]);
    fputs("]}\n", out);
}

static void write_site(FILE *out, const char *when, const profile_site *site) {
    if (!site->blocks) return;
    fprintf(out, "{\"when\":\"%s\",\"blocks\":%lld,\"bytes\":%lld,\"type\":\"%s\",\"keeper\":\"%s\",\"field\":\"%s\",", when,
            (long long)site->blocks, (long long)site->bytes, site->type ? site->type : "", site->keeper ? site->keeper->name : "",
            site->field ? site->field : "");
    write_place(out, site);
}

static void write_birth(FILE *out, const profile_birth *birth) {
    if (!birth->rest) return;
    fprintf(out, "{\"actors\":%lld,\"type\":\"%s\",", (long long)birth->rest, birth->type ? birth->type->name : "");
    write_place(out, &birth->by);
}

static void write_snapshot(FILE *out, const char *when, const profile_snapshot *snapshot) {
    for (int i = 0; i < SITES; i++) write_site(out, when, &snapshot->sites[i]);
    write_site(out, when, &snapshot->others);
}

void hew__profile_finish(void) {
    if (!state) return;
    FILE *out = fopen(hew__environment("HEW_HEAP_PROFILE"), "we");
    if (out) {
        for (uint32_t i = 0; i < state->count; i++) {
            fprintf(out, "{\"at\":%lld,\"live\":%lld}\n", (long long)state->at[i], (long long)state->bytes[i]);
        }
        fprintf(out, "{\"at\":%lld,\"live\":%lld}\n", (long long)state->events, (long long)state->live);
        fprintf(out, "{\"is_rest\":%d}\n", state->rest.is_rest);
        write_snapshot(out, "peak", &state->peak);
        write_snapshot(out, "rest", &state->rest);
        for (int i = 0; i < BIRTHS; i++) write_birth(out, &state->births[i]);
        fclose(out);
    }
    hew__lock_deinit(&state->lock);
    free(state->birth_of);
    free(state);
    state = NULL;
}
#endif
