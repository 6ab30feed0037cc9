/* Memory for blocks, messages and the runtime's own objects, one `malloc` each. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "hew/sched.h"

void *hew__alloc(hew_worker *worker, hew_purpose purpose, size_t size) {
    void *memory = malloc(size);
    if (!memory) return NULL;
    hew_counters *counters = hew__counters(worker);
    counters->live[purpose]++;
    counters->allocations++;
    return memory;
}

void hew__free(hew_worker *worker, hew_purpose purpose, void *memory) {
    hew__counters(worker)->live[purpose]--;
    free(memory);
}

size_t hew__usable_size(void *memory) { return malloc_usable_size(memory); }

void hew__mem_start(void) {}
void hew__mem_finish(void) {}
