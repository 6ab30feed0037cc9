/* Supervisors: actors written in C that own their children and the arguments these start from. */
#ifndef HEW_SUP_H
#define HEW_SUP_H

#include "hew/link.h"
#include "hew/timer.h"

/* One child. STARTING_LATE: waits for a sibling that it is wired to.
 *   LIVE -> STOPPING -> ENDED -> LIVE (restart) or stays ENDED for good (`is_final`). */
typedef struct hew_child {
    _Atomic uint64_t pid; /* read by others under the supervisor's slot lock */
    uint32_t spec;
    enum { HEW_CHILD_ENDED, HEW_CHILD_LIVE, HEW_CHILD_STOPPING } state;
    bool is_final;
    uint32_t starts; /* so far */
    bool is_due; /* to be started again when the group has stopped */
} hew_child;

/* State of a supervisor actor.
 *   RUNNING     every child is LIVE or final
 *   REGROUPING  children from `stop_from` on are stopped, newest first, then started again
 *   STOPPING    all children are stopped, then the supervisor ends */
typedef struct hew_supervisor {
    const hew_supervisor_spec *spec;
    hew_message *args; /* owned; its payload is what children start from */
    hew_child *children;
    uint32_t child_count;
    uint32_t stop_from;
    enum { HEW_SUP_RUNNING, HEW_SUP_REGROUPING, HEW_SUP_STOPPING } phase;
    int64_t *restarts; /* instants of the last `intensity` restarts, a ring */
    uint32_t restart_count;
    _Atomic int64_t restarts_done; /* restarts that took effect; read by others under the slot lock */
    hew_message *probes; /* unanswered, linked through block.next */
    hew_reply *stop_asker;
    hew_timer_node deadline;
} hew_supervisor;

static inline hew_supervisor *hew__supervisor_of(hew_actor *actor) { return hew__state(actor); }

/* Builds a supervisor and starts its children; `args` (may be null) is consumed. 0 without memory. */
uint64_t hew__supervisor_create(hew_actor *self, const hew_supervisor_spec *spec, hew_message *args, uint64_t parent, uint32_t child);
/* Starts child `index` of the supervisor `owner`, in `self`'s activation; false when that fails. */
bool hew__child_launch(hew_actor *self, hew_actor *owner, uint32_t index);
/* Frees what the state owns. */
void hew__supervisor_drop(hew_actor *self);
const char *hew__child_name(const hew_supervisor *state, uint32_t index);

/* A supervised child's first activation. */
hew_block *hew__child_start(hew_actor *self, hew_message *message);

#endif
