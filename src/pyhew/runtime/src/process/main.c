/* The whole life of a program: set up, run, drain, stop, sweep.
 *
 * The calling thread fires timers and watches the end; the workers run actors. The end comes in phases.
 * Drain, only after a return from main: the workers run until nothing is left to do, within a limit.
 * Stop: every actor is asked to end, then, past a limit, killed; workers still run. Sweep: the workers are joined, and
 * what is left is freed by this thread alone, without waiting, locks or user code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hew/builtin.h"
#include "hew/io.h"
#include "hew/link.h"
#include "hew/poller.h"
#include "hew/sched.h"
#include "hew/seeded.h"

enum { DRAIN_MILLISECONDS = 5000, MOST_WORKERS = 256, LEAKED = 3 };
/* How long actors may take to end: when asked; when those without a supervisor are killed, while supervisors keep
 * their children's own limits; when everything is killed. */
enum { STOP_MILLISECONDS = 500, SUPERVISED_MILLISECONDS = 10000, KILL_MILLISECONDS = 5000 };
static const int64_t MILLISECOND = 1000000;

/* --- start --- */

static void rt_init(const hew_program *program, int argc, char **argv, int64_t seed) {
    memset(&hew__rt, 0, sizeof hew__rt);
    hew__rt.program = program;
    hew__rt.supervision = &hew__supervision;
    hew__rt.argc = argc;
    hew__rt.argv = argv;
    hew__rt.drain_limit = hew__environment_number("HEW_DRAIN_MS", DRAIN_MILLISECONDS) * MILLISECOND;
    hew__rt.trap_at = hew__environment_number("HEW_TRAP_AT", 0);
    hew__rt.is_seeded = seed >= 0;
    if (hew__rt.is_seeded) hew__seeded_start(seed);
    hew__rt.stops_everywhere = hew__rt.is_seeded || hew__rt.trap_at > 0;
    hew__rt.hash_key = seed >= 0 ? (uint64_t)seed * 0x9E3779B97F4A7C15u + 1 : hew__entropy();
    hew__lock_init(&hew__rt.idle_lock);
    hew__lock_init(&hew__rt.queue_lock);
    hew__lock_init(&hew__rt.environment_lock);
    hew__lock_init(&hew__rt.extra_lock);
    hew__links_start();
    hew__input_start();
}

static void rt_deinit(void) {
    hew__input_finish();
    hew__links_finish();
    hew__tallies_finish();
    hew__lock_deinit(&hew__rt.extra_lock);
    hew__lock_deinit(&hew__rt.environment_lock);
    hew__lock_deinit(&hew__rt.queue_lock);
    hew__lock_deinit(&hew__rt.idle_lock);
}

static bool root_start(void) {
    hew_message *first = hew__message_alloc(NULL, 0, 0);
    if (!first) return false;
    hew_birth birth = {.type = hew__rt.program->main_actor, .first = first, .signals = HEW_SIGNAL_ONCE};
    hew__rt.root = hew__actor_create(NULL, &birth);
    return hew__rt.root != 0;
}

static uint32_t wanted_workers(void) {
    int64_t count = hew__environment_number("HEW_WORKERS", 0);
    if (hew__rt.is_seeded) return 1;
    if (count <= 0) count = hew__cpu_count();
    return (uint32_t)(count > MOST_WORKERS ? MOST_WORKERS : count);
}

/* --- the end --- */

static uint32_t request(void) { return atomic_load_explicit(&hew__rt.end_requested, memory_order_acquire); }

static void add_counters(hew_counters *sum, const hew_counters *part) {
    for (int i = 0; i < HEW_PURPOSES; i++) sum->live[i] += hew__counted(&part->live[i]);
    sum->live_actors += hew__counted(&part->live_actors);
    sum->live_timers += hew__counted(&part->live_timers);
    sum->slot_bytes += hew__counted(&part->slot_bytes);
    sum->allocations += hew__counted(&part->allocations);
    sum->block_copies += hew__counted(&part->block_copies);
    sum->messages_sent += hew__counted(&part->messages_sent);
    sum->failed_closes += hew__counted(&part->failed_closes);
    sum->suspends += hew__counted(&part->suspends);
    sum->resumes += hew__counted(&part->resumes);
}

hew_counters hew__all_counters(void) {
    hew_counters sum = hew__rt.shared_counters;
    for (uint32_t i = 0; hew__rt.workers && i < hew__rt.worker_count; i++) add_counters(&sum, &hew__rt.workers[i].counters);
    return sum;
}

int64_t hew_live_blocks(void) { return hew__all_counters().live[HEW_FOR_BLOCK]; }

int64_t hew__live_actors(void) { return hew__all_counters().live_actors; }

int64_t hew__live_bytes(void) {
    int64_t given_out = hew__c_heap_bytes(); /* the slots of dead actors among it; 0 where nobody counts, as under valgrind */
    int64_t tables = given_out > 0 ? given_out - hew__slots_bytes() : 0;
    return tables + hew__all_counters().slot_bytes + hew__mem_used();
}

/* The shorter of two waits; a negative one is without end. */
static int64_t sooner(int64_t one, int64_t other) { return one < 0 || (other >= 0 && other < one) ? other : one; }

static void report_waiting(void) {
    uint32_t waiting = hew__waiters_count();
    if (waiting) hew__error_line("hew: %u senders wait for room in mailboxes that nobody empties", waiting);
}

/* Nothing runs, and neither time nor the outside can change that. Once nothing runs, only this thread can change the
 * rest, by firing a timer; so this looks at the timers without firing one. */
static bool is_stuck(void) {
    return hew__is_quiescent() && !hew__timers_pending() && hew__poll_armed() == 0 && request() == HEW_END_REQUEST_NONE;
}

static void run_until_requested(void) {
    while (request() == HEW_END_REQUEST_NONE) {
        int64_t wait = sooner(hew__timers_run(), hew__monitor());
        if (wait < 0 && is_stuck()) {
            hew__error_line("hew: deadlock: main waits, and nothing is left that could wake it");
            report_waiting();
            hew__request_end(1, HEW_END_REQUEST_NOW);
        } else {
            hew__output_pause();
            hew__poll(wait);
        }
    }
}

/* Waits until nothing runs and `is_done`, or until `end`; false when time is up. */
static bool run_until(bool (*is_done)(void), int64_t end) {
    for (;;) {
        int64_t wait = hew__timers_run();
        if (hew__is_quiescent() && is_done()) return true;
        int64_t left = end - hew__clock();
        if (left <= 0) return false;
        hew__poll(sooner(sooner(wait, left), hew__monitor()));
    }
}

static bool is_drained(void) {
    if (request() == HEW_END_REQUEST_NOW) return true;
    if (atomic_load_explicit(&hew__rt.supervisors, memory_order_acquire) > 0) return true;
    return hew__timers_active() == 0 && hew__poll_active() == 0 && hew__timers_run() != 0;
}

static void drain(void) {
    if (request() == HEW_END_REQUEST_NOW) return;
    hew__timers_cancel_periodic();
    if (run_until(is_drained, hew__clock() + hew__rt.drain_limit)) {
        if (request() == HEW_END_REQUEST_RETURN) report_waiting();
        return;
    }
    hew__error_line("hew: shutdown drain timed out after %llds; abandoning in-flight work", (long long)(hew__rt.drain_limit / 1000000000));
    atomic_store_explicit(&hew__rt.had_fault, 1, memory_order_relaxed);
}

typedef struct ending {
    uint32_t signal;
    bool spares_supervised;
} ending;

static void ask_to_end(hew_actor *actor, void *context) {
    const ending *how = context;
    hew__lock(hew__slot_lock(actor)); /* the slot cannot change hands meanwhile */
    uint32_t signals = atomic_load_explicit(&actor->signals, memory_order_relaxed);
    bool is_spared = how->spares_supervised && signals & HEW_SIGNAL_SUPERVISED;
    bool is_there = atomic_load_explicit(&actor->run_state, memory_order_acquire) != HEW_RUN_FREE;
    if (is_there && !is_spared) hew__actor_signal(NULL, actor, how->signal);
    hew__unlock(hew__slot_lock(actor));
}

static bool no_actor_lives(void) { return hew__all_counters().live_actors == 0; }

/* A seeded worker finishes its turn before anything is asked of the others: what it does at the end of that stays in order. */
static void close_gate(void) {
    enum { LONGEST_TURN_SECONDS = 5 };
    int64_t end = hew__clock() + LONGEST_TURN_SECONDS * 1000 * MILLISECOND;
    hew__gate_close();
    while (!hew__gate_holds() && hew__clock() < end) hew__poll(MILLISECOND);
}

static bool end_all(uint32_t signal, bool spares_supervised, int64_t milliseconds) {
    ending how = {.signal = signal, .spares_supervised = spares_supervised};
    int64_t end = hew__clock() + milliseconds * MILLISECOND;
    if (hew__rt.is_seeded) close_gate();
    hew__slots_each(ask_to_end, &how);
    if (hew__rt.is_seeded) hew__gate_open();
    return run_until(no_actor_lives, end);
}

static void report_endless(hew_actor *actor, void *context) {
    (void)context;
    hew__check_endless(actor);
}

static void stop(void) {
#if HEW_CANARY == 4
    for (;;) hew__poll(-1);
#endif
    /* After an `exit` no actor begins a turn before all have been asked to end. */
    if (hew__rt.is_seeded && request() == HEW_END_REQUEST_NOW && !hew__gate_is_closed()) hew__fatal("a seeded run went on after its end");
    atomic_store_explicit(&hew__rt.stopping, 1, memory_order_release);
    if (end_all(HEW_SIGNAL_STOP, true, STOP_MILLISECONDS)) return;
    if (end_all(HEW_SIGNAL_KILL, true, hew__environment_number("HEW_KILL_MS", SUPERVISED_MILLISECONDS))) return;
    if (end_all(HEW_SIGNAL_KILL, false, hew__environment_number("HEW_KILL_MS", KILL_MILLISECONDS))) return;
    hew__error_line("hew: an actor does not end; giving up"); /* behind everything that was printed */
    hew__slots_each(report_endless, NULL);
    _exit(1);
}

/* The last numbers: milliseconds from the last drained message to the last joined thread; how many places a fault that tests
 * inject could have been at. */
static void print_counters(const hew_counters *sum, int64_t stopped_in, int64_t fault_points) {
    hew__error_line("{\"live_blocks\":%lld,\"live_messages\":%lld,\"live_runtime\":%lld,\"live_actors\":%lld,\"live_timers\":%lld,"
                    "\"live_pages\":%lld,\"allocations\":%lld,\"block_copies\":%lld,\"messages\":%lld,\"failed_closes\":%lld,\"stop_ms\":%lld,\"fault_points\":%lld}",
                    (long long)sum->live[HEW_FOR_BLOCK], (long long)sum->live[HEW_FOR_MESSAGE], (long long)sum->live[HEW_FOR_RUNTIME],
                    (long long)sum->live_actors, (long long)sum->live_timers, (long long)hew__mem_mapped(), (long long)sum->allocations, (long long)sum->block_copies,
                    (long long)sum->messages_sent, (long long)sum->failed_closes, (long long)stopped_in, (long long)fault_points);
}

/* --- all of it --- */

static int exit_code(void) {
    int64_t code = atomic_load_explicit(&hew__rt.exit_code, memory_order_acquire);
    if (code == 0 && atomic_load_explicit(&hew__rt.had_fault, memory_order_relaxed)) return 1;
    return (int)(code & 0xff);
}

static bool is_clean(const hew_counters *sum) {
    bool has_live = sum->live_actors || sum->live_timers || hew__mem_mapped();
    for (int i = 0; i < HEW_PURPOSES; i++) has_live = has_live || sum->live[i];
    return !has_live && hew__check_rows() == 0;
}

static void finish_parts(void) {
    hew__slots_finish();
    hew__timers_finish();
    hew__poller_finish();
    hew__mem_finish();
    hew__types_finish();
    hew__faults_finish();
    hew__output_finish();
    free(hew__rt.workers);
    rt_deinit();
}

/* The exit code, changed only for a leak that somebody asked about. Locks go last, with the parts they belong to. */
static int finish(int code) {
    bool is_asked = hew__environment_number("HEW_MEMCHECK", 0) != 0;
    finish_parts();
    if (hew__locks_live() == 0 || !is_asked) return code;
    static const char text[] = "hew: a lock of the runtime was not taken down\n";
    hew__write(2, text, sizeof text - 1);
    return code ? code : LEAKED;
}

static int sweep(int64_t stopped_in) {
    int code = exit_code();
    hew_counters sum = hew__all_counters();
    hew__check_finish(sum.allocations);
    hew__profile_finish();
    hew__mem_sweep();
    int64_t fault_points = hew__allocations_asked() + atomic_load_explicit(&hew__rt.safepoints, memory_order_relaxed);
    if (hew__environment_number("HEW_COUNTERS", 0)) print_counters(&sum, stopped_in, fault_points);
    if (code == 0 && hew__environment_number("HEW_MEMCHECK", 0) && !is_clean(&sum)) code = LEAKED;
    hew__seeds_note(hew__rt.is_seeded ? hew__seeded_fingerprint() : 0, fault_points, is_clean(&sum));
    if (hew__rt.is_seeded) hew__seeded_report(code);
    return finish(code);
}

/* Each part that cannot start leaves what its finishing can deal with. */
static bool start_parts(const hew_program *program) {
    bool has_types = hew__types_start(program);
    bool has_slots = hew__slots_start();
    bool has_timers = hew__timers_start();
    bool has_poller = hew__poller_start();
    return has_types && has_slots && has_timers && has_poller;
}

static int cannot_start(void) {
    hew__error_line("hew: the runtime cannot start: out of memory, threads or descriptors");
    if (hew__rt.root) { /* made, but there is nobody to run it */
        hew_actor *root = hew__slot_of(hew__rt.root);
        hew__block_give(NULL, HEW_FOR_MESSAGE, &hew__head_message(atomic_load_explicit(&root->head, memory_order_relaxed))->block);
    }
    hew__check_finish(0);
    hew__profile_finish();
    int code = finish(1);
    hew_counters sum = hew__all_counters();
    hew__seeds_note(0, hew__allocations_asked(), is_clean(&sum));
    return code;
}

/* After an `exit` workers still finish their turns. A program that works on without end never rests. */
static bool comes_to_rest(void) {
    static const int64_t PATIENCE = 3000000000, LOOK_AGAIN = 1000000;
    int64_t end = hew__clock() + PATIENCE;
    while (!hew__is_quiescent()) {
        if (hew__clock() >= end) return false;
        hew__poll(LOOK_AGAIN);
    }
    return true;
}

static int run(const hew_program *program, int argc, char **argv, int64_t seed) {
    rt_init(program, argc, argv, seed);
    hew__output_start();
    hew__faults_start(hew__output_rescue);
    hew__mem_start();
    hew__check_start();
    hew__profile_start();
    if (!start_parts(program) || !root_start() || !hew__workers_start(wanted_workers())) return cannot_start();
    run_until_requested();
    drain();
    hew__profile_rest(comes_to_rest, hew__slots_each);
    int64_t quiet = hew__clock();
    stop();
    hew__workers_join();
    return sweep((hew__clock() - quiet) / MILLISECOND);
}

/* What was called, for the children that run it with other seeds. */
typedef struct call {
    const hew_program *program;
    int argc;
    char **argv;
} call;

/* Either the schedule follows from the seed, or the noise does, between workers that really run at once. */
static int run_call(void *context) {
    const call *called = context;
    int64_t noise = hew__environment_number("HEW_NOISE", -1);
    if (noise >= 0) hew__noise_start((uint64_t)noise + 1);
    return run(called->program, called->argc, called->argv, noise >= 0 ? -1 : hew__environment_number("HEW_SEED", -1));
}

int hew_main(const hew_program *program, int argc, char **argv) {
    call called = {.program = program, .argc = argc, .argv = argv};
    return hew__seeds_wanted() ? hew__seeds_run(run_call, &called) : run_call(&called);
}
