/* The limit of an actor's heap.
 *
 * Only allocations are added up; what was freed since, sent away or received shows at a count, which walks the heap. A count is
 * due when the sum would pass half of the room that the last one found, or a sixty-fourth of the limit: the nearer the
 * limit, the more often. So a limit costs the others nothing, its own actor little, and is kept to within that part of it.
 * An actor that ends has no limit any more: its hooks and closes run to their end. */
#include "hew/sched.h"

enum { SMALLEST_PART = 64 };

static uint64_t count_heap(hew_actor *self) {
    uint64_t sum = 0;
    for (hew_block *block = self->heap.next; block != hew__list_end(&self->heap); block = block->next) sum += hew__usable_size(block);
    return sum;
}

void hew__heap_limit(hew_actor *self, size_t size) {
    uint64_t limit = self->phase < HEW_PHASE_STOPPING ? self->type->max_heap : UINT64_MAX;
    hew_extra *extra = hew__extra(self->worker, self);
    if (!extra) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    if (size > limit) hew__leave(self, HEW_TRAP_HEAP_EXCEEDED);
    uint64_t room = extra->heap_counted < limit ? limit - extra->heap_counted : 0;
    uint64_t part = room / 2 > limit / SMALLEST_PART ? room / 2 : limit / SMALLEST_PART;
    if (extra->heap_since + size > part) {
        extra->heap_counted = count_heap(self);
        extra->heap_since = 0;
        if (extra->heap_counted + size > limit) hew__leave(self, HEW_TRAP_HEAP_EXCEEDED);
    }
    extra->heap_since += size;
}
