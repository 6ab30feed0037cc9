/* Many runs in one process, for campaigns: each is a child that is forked before anything has started.
 *
 * HEW_SEEDS=FIRST:COUNT:STEP:DESCRIPTOR. HEW_SEEDS_OF names the variable that is another number in each child: HEW_SEED if nothing is
 * said, HEW_NOISE, HEW_TRAP_AT, HEW_FAIL_AT. To the descriptor goes a line for each run: the number, the exit code or minus the signal,
 * whether all counters were zero, the fingerprint, how many points there were for a fault. */
#include <stdio.h>
#include <stdlib.h>

#include "hew/seeded.h"

/* A run that takes longer never ends. */
enum { SECONDS_FOR_ONE = 20 };

typedef struct seeds {
    long long first;
    long long count;
    long long step;
    int descriptor;
} seeds;

/* What a child leaves for its parent. */
typedef struct report {
    uint64_t fingerprint;
    int64_t fault_points;
    bool is_clean;
} report;

static report *last;

bool hew__seeds_wanted(void) { return hew__environment("HEW_SEEDS") != NULL; }

void hew__seeds_note(uint64_t fingerprint, int64_t fault_points, bool is_clean) {
    if (last) *last = (report){.fingerprint = fingerprint, .fault_points = fault_points, .is_clean = is_clean};
}

int hew__seeds_run(int (*run)(void *context), void *context) {
    seeds all = {.step = 1};
    const char *text = hew__environment("HEW_SEEDS");
    const char *of = hew__environment("HEW_SEEDS_OF");
    static char setting[64]; /* the environment holds it, so that a change to it is one of the environment */
    last = hew__shared_with_children(sizeof *last);
    if (!last || sscanf(text, "%lld:%lld:%lld:%d", &all.first, &all.count, &all.step, &all.descriptor) != 4) return 2;
    for (long long i = 0; i < all.count; i++) {
        long long number = all.first + i * all.step;
        snprintf(setting, sizeof setting, "%s=%lld", of ? of : "HEW_SEED", number);
        if (putenv(setting) != 0) return 2;
        *last = (report){.is_clean = false};
        int code = hew__in_child(run, context, SECONDS_FOR_ONE);
        char line[128];
        int length = snprintf(line, sizeof line, "%lld %d %d %016llx %lld\n", number, code, last->is_clean,
                              (unsigned long long)last->fingerprint, (long long)last->fault_points);
        hew__write(all.descriptor, line, (size_t)length);
    }
    hew__pages_unmap(last, sizeof *last);
    return 0;
}
