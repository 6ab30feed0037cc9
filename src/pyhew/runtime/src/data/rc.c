/* Weak handles of Rc cells.
 *
 * All weak handles of a cell are one shared block that points back at the cell; the cell points at
 * that block. Whichever dies first clears the other's pointer, so neither outlives its use. */
#include "hew/sched.h"

hew_block *hew_weak_new(hew_actor *self, hew_block *block) {
    hew_rc *cell = (hew_rc *)(void *)block;
    if (!cell) return NULL;
    if (cell->weak) {
        cell->weak->count++;
        return cell->weak;
    }
    hew_block *weak = hew_block_new(self, HEW_TYPE_WEAK, sizeof(hew_rc *));
    *(hew_rc **)(void *)(weak + 1) = cell;
    cell->weak = weak;
    return weak;
}

hew_block *hew_weak_upgrade(hew_actor *self, hew_block *weak) {
    (void)self;
    hew_rc *cell = weak ? *(hew_rc **)(void *)(weak + 1) : NULL;
    if (!cell) return NULL;
    cell->block.count++;
    return &cell->block;
}

int64_t hew_rc_strong_count(hew_block *rc) { return rc ? rc->count : 0; }

int32_t hew_rc_same(hew_block *left, hew_block *right) { return left == right; }

int64_t hew_rc_weak_count(hew_block *rc) {
    hew_rc *cell = (hew_rc *)(void *)rc;
    return cell && cell->weak ? cell->weak->count : 0;
}
