/* Runs that repeat.
 *
 * One worker; every runnable actor stands in the shared queue, and the seed picks the next one, how many messages it
 * may handle and at which of its safepoints it hands over. The program's clock stands still while anything runs; when
 * nothing does, the thread of hew_main moves it to the next timer and fires that one. So the two never act at the
 * same time, at the end neither: there the gate keeps the worker between two turns until all have been asked to end. What comes from outside (input,
 * sockets, signals) is not under the seed's rule. The fingerprint is a hash of pids and virtual times, never of addresses. */
#include "hew/seeded.h"

typedef struct seeded_run {
    int64_t seed;
    uint64_t random;
    uint64_t fingerprint;
    uint64_t steps;
    _Atomic int64_t now;
    _Atomic uint32_t is_closed;
    _Atomic uint32_t is_held; /* the worker stands at the gate */
    hew_signal opened;
} seeded_run;

static seeded_run only;

/* The time at which every such run begins; not 0, which would look unset. */
static const int64_t FIRST_INSTANT = 1000000000;

void hew__seeded_start(int64_t seed) {
    only.seed = seed;
    only.random = (uint64_t)seed * 0x9E3779B97F4A7C15u + 0xD1B54A32D192ED03u;
    only.fingerprint = 0xCBF29CE484222325u;
    only.steps = 0;
    only.now = FIRST_INSTANT;
    only.is_closed = 0;
    only.is_held = 0;
    hew__signal_init(&only.opened);
}

int64_t hew__now(void) { return hew__rt.is_seeded ? atomic_load_explicit(&only.now, memory_order_relaxed) : hew__clock(); }

void hew__now_advance(int64_t instant) {
    if (instant > hew__now()) atomic_store_explicit(&only.now, instant, memory_order_relaxed);
}

uint32_t hew__seeded_pick(uint32_t limit) {
    only.random ^= only.random << 13;
    only.random ^= only.random >> 7;
    only.random ^= only.random << 17;
    return (uint32_t)((only.random >> 32) * limit >> 32);
}

void hew__seeded_note(uint64_t what, uint64_t who) {
    only.fingerprint = (only.fingerprint ^ what) * 0x100000001B3u;
    only.fingerprint = (only.fingerprint ^ who ^ only.fingerprint >> 29) * 0x100000001B3u;
    only.steps++;
}

uint64_t hew__seeded_fingerprint(void) { return only.fingerprint; }

void hew__seeded_report(int exit_code) {
    if (hew__environment_number("HEW_FINGERPRINT", 0)) {
        hew__error_line("hew: fingerprint %016llx after %llu steps", (unsigned long long)only.fingerprint, (unsigned long long)only.steps);
    }
    if (exit_code != 0) hew__error_line("hew: this schedule again: HEW_SEED=%lld", (long long)only.seed);
    hew__signal_deinit(&only.opened);
}

void hew__gate_close(void) { atomic_store_explicit(&only.is_closed, 1, memory_order_seq_cst); }

bool hew__gate_is_closed(void) { return atomic_load_explicit(&only.is_closed, memory_order_seq_cst) != 0; }

void hew__gate_open(void) {
    /* Something was just done to all actors, at one point of the schedule. */
    if (!hew__gate_is_closed()) hew__fatal("a seeded run went on while its actors were asked to end");
    atomic_store_explicit(&only.is_closed, 0, memory_order_seq_cst);
    hew__signal_set(&only.opened);
}

void hew__gate_pass(void) {
    while (atomic_load_explicit(&only.is_closed, memory_order_seq_cst)) {
        /* release: whoever ends the program sees everything that this worker did */
        atomic_store_explicit(&only.is_held, 1, memory_order_release);
        hew__poke_main();
        hew__signal_wait(&only.opened);
        atomic_store_explicit(&only.is_held, 0, memory_order_relaxed);
    }
}

bool hew__gate_holds(void) { return atomic_load_explicit(&only.is_held, memory_order_acquire) || hew__all_parked(); }
