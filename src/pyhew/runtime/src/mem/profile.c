/* Check mode: how much lives over time, and by the place that made it: at the highest point, and when the program rests.
 *
 * Asked for by HEW_HEAP_PROFILE, the file to write: one JSON object per line. The program rests when `main` has returned
 * and nothing runs, before anything is torn down: what then lives belongs to actors that still do. */
#if defined(HEW_MODE_CHECK)
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hew/note.h"
#include "hew/sched.h"

enum { SAMPLES = 512, SITES = 1024, LEAST_STEP = 4096, ACTOR_TYPES = 256 };

typedef struct profile_site {
    int64_t blocks;
    int64_t bytes;
    const hew_actor_type *actor;
    uint32_t handler;
    uint32_t depth;
    void *stack[HEW_NOTE_FRAMES];
} profile_site;

typedef struct profile_snapshot {
    int64_t bytes;
    profile_site sites[SITES];
    profile_site others; /* when there are more places than room */
} profile_snapshot;

/* How many actors of a type lived when the program rested: a slot is no block, so no site has it. */
typedef struct profile_actors {
    const hew_actor_type *type;
    int64_t live;
} profile_actors;

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
    profile_actors actors[ACTOR_TYPES]; /* up to the first without a type */
} profile;

static profile *state;

void hew__profile_start(void) {
    state = hew__environment("HEW_HEAP_PROFILE") ? calloc(1, sizeof *state) : NULL;
    if (!state) return;
    hew__lock_init(&state->lock);
    state->step = 1;
}

static uint64_t hash_of(const hew_note *note) {
    uint64_t hash = (uint64_t)(uintptr_t)note->actor * 31 + note->handler;
    for (uint32_t i = 0; i < note->depth; i++) hash = (hash ^ (uint64_t)(uintptr_t)note->stack[i]) * 0x9e3779b97f4a7c15ULL;
    return hash >> 20;
}

static bool is_site(const profile_site *site, const hew_note *note) {
    bool is_same = site->actor == note->actor && site->handler == note->handler && site->depth == note->depth;
    return is_same && memcmp(site->stack, note->stack, note->depth * sizeof *note->stack) == 0;
}

static profile_site *site_of(profile_snapshot *into, const hew_note *note) {
    uint64_t start = hash_of(note);
    for (uint64_t i = 0; i < 64; i++) {
        profile_site *site = &into->sites[(start + i) % SITES];
        if (site->blocks && !is_site(site, note)) continue;
        if (!site->blocks) {
            site->actor = note->actor;
            site->handler = note->handler;
            site->depth = note->depth;
            memcpy(site->stack, note->stack, note->depth * sizeof *note->stack);
        }
        return site;
    }
    return &into->others;
}

static void count_note(hew_note *note, void *context) {
    profile_snapshot *into = context;
    if (note->purpose == HEW_FOR_RUNTIME) return;
    profile_site *site = site_of(into, note);
    site->blocks++;
    site->bytes += (int64_t)note->size;
    into->bytes += (int64_t)note->size;
}

static void take(profile_snapshot *into) {
    memset(into, 0, sizeof *into);
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
    if (state->live > state->peak.bytes + state->peak.bytes / 8 + LEAST_STEP) take(&state->peak);
    hew__unlock(&state->lock);
}

static void count_actor(hew_actor *actor, void *context) {
    profile_actors *at = context;
    for (int i = 0; i < ACTOR_TYPES; i++, at++) {
        if (at->type && at->type != actor->type) continue;
        at->type = actor->type;
        at->live++;
        return;
    }
}

void hew__profile_rest(void) {
    if (!state) return;
    hew__lock(&state->lock);
    hew__slots_each(count_actor, state->actors);
    take(&state->rest);
    if (state->rest.bytes > state->peak.bytes) state->peak = state->rest;
    hew__unlock(&state->lock);
}

static void write_site(FILE *out, const char *when, const profile_site *site) {
    if (!site->blocks) return;
    bool has_name = site->actor && site->actor->handlers && site->handler < site->actor->handler_count;
    fprintf(out, "{\"when\":\"%s\",\"blocks\":%lld,\"bytes\":%lld,\"actor\":\"%s\",\"handler\":\"%s\",\"stack\":[", when, (long long)site->blocks,
            (long long)site->bytes, site->actor ? site->actor->name : "", has_name ? site->actor->handlers[site->handler].name : "");
    for (uint32_t i = 0; i < site->depth; i++) fprintf(out, "%s\"0x%llx\"", i ? "," : "", (unsigned long long)(uintptr_t)site->stack[i]);
    fputs("]}\n", out);
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
        write_snapshot(out, "peak", &state->peak);
        write_snapshot(out, "rest", &state->rest);
        for (const profile_actors *at = state->actors; at < state->actors + ACTOR_TYPES && at->type; at++) {
            fprintf(out, "{\"actors\":%lld,\"type\":\"%s\"}\n", (long long)at->live, at->type->name);
        }
        fclose(out);
    }
    hew__lock_deinit(&state->lock);
    free(state);
    state = NULL;
}
#endif
