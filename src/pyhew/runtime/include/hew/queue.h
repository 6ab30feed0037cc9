/* Run queues, for the scheduler's own files. */
#ifndef HEW_QUEUE_H
#define HEW_QUEUE_H

#include "hew/actor.h"

/* From the ring or of those kept. */
hew_actor *hew__queue_take_own(hew_worker *me);
hew_actor *hew__queue_take_shared(void);
/* What this worker keeps goes where others may take it. */
void hew__queue_share_kept(hew_worker *me);
hew_actor *hew__queue_steal(hew_worker *me, hew_worker *victim);
void hew__queue_push_own(hew_worker *me, hew_actor *actor);
/* Whether nothing waits in the ring or is kept. */
bool hew__queue_is_empty(const hew_worker *worker);
/* About how many actors this worker could run now. */
uint32_t hew__others_waiting(const hew_worker *worker);
/* For an actor that has had its turn: behind everything this worker has. */
void hew__enqueue_behind(hew_worker *worker, hew_actor *actor);
/* Wakes one parked worker unless one is already looking for work. */
void hew__wake_worker(void);

#endif
