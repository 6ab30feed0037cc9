/* Reply cells; the states stand at hew_reply.
 *
 * The asker alone reads and writes `decided`, `task`, `timer` and `is_taken`; the replier alone writes the value
 * until it sets REPLIER_GONE, which publishes it. */
#include <string.h>

#include "hew/sched.h"
#include "hew/timer.h"

enum { UNDECIDED = -1 };

/* Of a task in a collection, which the compiler does not follow. */
static const char TAKEN[] = "this task was awaited before";

hew_reply *hew__reply_new(hew_actor *asker, size_t reply_size) {
    size_t size = sizeof(hew_reply) + reply_size;
    hew_block *block = hew__block_alloc(asker, HEW_TYPE_REPLY, size - sizeof(hew_block));
    if (!block) return NULL;
    memset(block + 1, 0, size - sizeof(hew_block));
    hew_reply *cell = (hew_reply *)(void *)block;
    hew__list_init(&cell->blocks);
    cell->asker = asker;
    cell->decided = UNDECIDED;
    return cell;
}

static void cell_free(hew_worker *worker, hew_reply *cell) {
    hew__block_give(worker, HEW_FOR_BLOCK, &cell->block);
}

void hew__reply_clear(hew_actor *self, hew_reply *cell) {
    if (hew__list_is_empty(&cell->blocks)) return;
    hew__heap_close(self, &cell->blocks);
    hew__heap_sweep(self, &cell->blocks);
}

static uint32_t publish(hew_worker *worker, hew_reply *cell, uint32_t bits) {
    hew_actor *asker = cell->asker;
    hew__claim();
    /* acq_rel: publishes the value to the asker's poll, and sees the asker's last touch */
    uint32_t before = atomic_fetch_or_explicit(&cell->state, bits, memory_order_acq_rel);
    if (!(before & HEW_CELL_ASKER_GONE) && before & HEW_CELL_WAITING) hew__wake(worker, asker);
    return before;
}

void hew__reply_finish(hew_actor *self, hew_reply *cell, bool has_value, int32_t error) {
    cell->error = has_value ? HEW_ASK_VALUE : error;
    if (!has_value) hew__reply_clear(self, cell);
    uint32_t before = publish(self->worker, cell, HEW_CELL_REPLIER_GONE | (has_value ? HEW_CELL_VALUE : 0));
    if (!(before & HEW_CELL_ASKER_GONE)) return;
    hew__reply_clear(self, cell);
    cell_free(self->worker, cell);
}

void hew__reply_fail(hew_worker *worker, hew_reply *cell, int32_t error) {
    cell->error = error;
    if (publish(worker, cell, HEW_CELL_REPLIER_GONE) & HEW_CELL_ASKER_GONE) cell_free(worker, cell);
}

void hew__reply_close(hew_actor *self, hew_block *block) {
    hew_reply *cell = (hew_reply *)(void *)block;
    hew_release(self, cell->timer);
    cell->timer = NULL;
    hew__claim();
    uint32_t before = atomic_fetch_or_explicit(&cell->state, HEW_CELL_ASKER_GONE, memory_order_acq_rel);
    if (!(before & HEW_CELL_REPLIER_GONE)) return; /* the replier frees it */
    if (!cell->is_taken) hew__reply_clear(self, cell);
    cell_free(self->worker, cell);
}

static void decide(hew_actor *self, hew_reply *cell, int32_t status) {
    cell->decided = status;
    hew_release(self, cell->timer);
    cell->timer = NULL;
}

int32_t hew_reply_poll(hew_actor *self, hew_block *block) {
    hew_reply *cell = (hew_reply *)(void *)block;
    if (cell->decided != UNDECIDED) return 1;
    uint32_t state = atomic_load_explicit(&cell->state, memory_order_acquire);
    if (!(state & (HEW_CELL_REPLIER_GONE | HEW_CELL_WAITING))) {
        hew__claim();
        /* acquire: a replier that came in between published its value */
        state = atomic_fetch_or_explicit(&cell->state, HEW_CELL_WAITING, memory_order_acq_rel);
    }
    if (state & HEW_CELL_REPLIER_GONE) {
        decide(self, cell, cell->error);
        return 1;
    }
    if (cell->timer && hew_timer_poll(self, cell->timer)) {
        decide(self, cell, HEW_ASK_TIMEOUT);
        if (cell->task) hew__pid_signal(self->worker, cell->task, HEW_SIGNAL_CANCEL);
        return 1;
    }
    return 0;
}

int32_t hew_task_is_done(hew_block *block) {
    hew_reply *cell = (hew_reply *)(void *)block;
    return cell->decided != UNDECIDED || atomic_load_explicit(&cell->state, memory_order_acquire) & HEW_CELL_REPLIER_GONE ? 1 : 0;
}

int32_t hew_reply_status(hew_block *block) { return ((hew_reply *)(void *)block)->decided; }

void *hew_reply_value(hew_actor *self, hew_block *block) {
    hew_reply *cell = (hew_reply *)(void *)block;
    if (cell->is_taken) hew_panic(self, hew_string_from_bytes(self, TAKEN, sizeof TAKEN - 1));
    cell->is_taken = 1;
#if HEW_CANARY == 1
    hew__alloc(self->worker, 8);
#endif
    hew__list_splice(&self->heap, &cell->blocks);
    return cell->value;
}

void hew_reply_deadline(hew_actor *self, hew_block *block, int64_t nanoseconds) {
    hew_reply *cell = (hew_reply *)(void *)block;
    hew_block *timer = hew_timer_start(self, nanoseconds); /* a trap here leaves the old limit */
    hew_release(self, cell->timer);
    cell->timer = timer;
    /* The cell owns it, not the heap: a sweep must find it once. */
    hew__list_unlink(cell->timer);
    hew__list_init((hew_block_list *)(void *)cell->timer);
}

void *hew_reply_begin(hew_actor *self, uint64_t size) {
    (void)size;
    return self->reply ? self->reply->value : NULL;
}

hew_block_list *hew_reply_blocks(hew_actor *self) { return &self->reply->blocks; }

void hew_reply_send(hew_actor *self) {
    hew_reply *cell = self->reply;
    self->reply = NULL;
    if (cell) hew__reply_finish(self, cell, true, HEW_ASK_VALUE);
}
