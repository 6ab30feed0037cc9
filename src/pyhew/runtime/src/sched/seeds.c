/* Many seeds in one process, for campaigns: each run is a child that is forked before anything has started.
 *
 * HEW_SEEDS=FIRST:COUNT:STEP:DESCRIPTOR, with HEW_NOISE=0 for seeds of noise instead of schedules. To that descriptor goes a line for each seed: the seed, the exit code or minus
 * the signal, whether all counters were zero, the fingerprint. */
#include <stdio.h>

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
    bool is_clean;
} report;

static report *last;

bool hew__seeds_wanted(void) { return hew__environment("HEW_SEEDS") != NULL; }

void hew__seeds_note(uint64_t fingerprint, bool is_clean) {
    if (last) *last = (report){.fingerprint = fingerprint, .is_clean = is_clean};
}

int hew__seeds_run(int (*run)(void *seed)) {
    seeds all = {.step = 1};
    const char *text = hew__environment("HEW_SEEDS");
    last = hew__shared_with_children(sizeof *last);
    if (!last || sscanf(text, "%lld:%lld:%lld:%d", &all.first, &all.count, &all.step, &all.descriptor) != 4) return 2;
    for (long long i = 0; i < all.count; i++) {
        int64_t seed = all.first + i * all.step;
        *last = (report){.is_clean = false};
        int code = hew__in_child(run, &seed, SECONDS_FOR_ONE);
        char line[96];
        int length = snprintf(line, sizeof line, "%lld %d %d %016llx\n", (long long)seed, code, last->is_clean, (unsigned long long)last->fingerprint);
        hew__write(all.descriptor, line, (size_t)length);
    }
    hew__pages_unmap(last, sizeof *last);
    return 0;
}
