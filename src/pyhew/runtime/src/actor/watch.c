/* Links and monitors.
 *
 * A watch is owned by the watching actor: a monitor's stands in its handle, a link's in the actor's
 * extra part. While its target lives it is in the bucket of the target; when the target ends it moves, once, to the
 * watcher's list of notices. One lock for all of it: watches are rare and each step is short. */
#include <string.h>

#include "hew/builtin.h"
#include "hew/link.h"
#include "hew/sched.h"

enum { BUCKETS = 1024 };

typedef struct hew_watch {
    struct hew_watch *next; /* in its bucket or in the notices */
    struct hew_watch *next_link;
    hew_actor *watcher;
    hew_extra *extra; /* the watcher's */
    uint64_t target;
    uint64_t id; /* 0 for a link */
    int32_t reason;
    int32_t code;
    enum { WATCHING, FIRED, DELIVERED } state;
} watch;

typedef struct monitor_block {
    hew_block block;
    watch watch;
} monitor_block;

static hew_lock lock;
static watch *buckets[BUCKETS];
static uint64_t last_id;

void hew__links_start(void) {
    hew__lock_init(&lock);
    last_id = 0;
}

void hew__links_finish(void) {
#if defined(HEW_MODE_CHECK)
    /* Their watchers have ended, and with them what they owned: what stands here is memory that is gone. */
    for (int i = 0; i < BUCKETS; i++) {
        if (buckets[i]) hew__fatal("an actor that has ended still watches another");
    }
#endif
    hew__lock_deinit(&lock);
}

static watch **bucket_of(uint64_t target) { return &buckets[(uint32_t)target % BUCKETS]; }

/* Under the lock. */
static void fire(hew_worker *worker, watch *at, int32_t reason, int32_t code) {
    at->state = FIRED;
    at->reason = reason;
    at->code = code;
    at->next = NULL;
    if (!at->extra->notices) at->extra->notices_end = &at->extra->notices;
    *at->extra->notices_end = at;
    at->extra->notices_end = &at->next;
    hew__actor_signal(worker, at->watcher, HEW_SIGNAL_DOWN);
}

/* Marks the target as watched; false when it has ended. The slot cannot change hands meanwhile. */
static bool mark_watched(uint64_t target) {
    hew_actor *actor = hew__slot_of(target);
    if (!actor) return false;
    hew__lock(hew__slot_lock(actor));
    bool lives = hew__is_current(actor, target) && atomic_load_explicit(&actor->head, memory_order_acquire) != HEW_CLOSED;
    hew__claim();
    if (lives) atomic_fetch_or_explicit(&actor->signals, HEW_SIGNAL_WATCHED, memory_order_seq_cst);
    /* The mailbox is closed before the actor looks for watches: closed meanwhile means too late. */
    lives = lives && atomic_load_explicit(&actor->head, memory_order_seq_cst) != HEW_CLOSED;
    hew__unlock(hew__slot_lock(actor));
    return lives;
}

static void begin(hew_actor *self, watch *at, uint64_t target) {
    at->watcher = self;
    at->target = target;
    at->next = *bucket_of(target);
    *bucket_of(target) = at;
}

static void take_out(watch **link, const watch *at) {
    hew__must_hold(&lock);
    while (*link && *link != at) link = &(*link)->next;
    if (*link) *link = at->next;
}

/* Under the lock: the watch is in no list afterwards. */
static void end(watch *at) {
    if (at->state == WATCHING) take_out(bucket_of(at->target), at);
    if (at->state != FIRED) return;
    take_out(&at->extra->notices, at);
    at->extra->notices_end = &at->extra->notices;
    while (*at->extra->notices_end) at->extra->notices_end = &(*at->extra->notices_end)->next;
}

void hew__watches_fire(hew_worker *worker, hew_actor *actor, int how) {
    uint64_t pid = hew__pid(actor);
    int32_t reason = how >= HEW_END_CRASHED ? HEW_DOWN_CRASHED : HEW_DOWN_EXITED;
    hew__lock(&lock);
    for (watch **link = bucket_of(pid); *link;) {
        watch *at = *link;
        if (at->target != pid) {
            link = &at->next;
            continue;
        }
        *link = at->next;
        fire(worker, at, reason, reason == HEW_DOWN_CRASHED ? actor->trap_code : 0);
    }
    hew__unlock(&lock);
}

/* --- monitors --- */

hew_block *hew_monitor(hew_actor *self, uint64_t target) {
    hew_extra *extra = hew__extra(self->worker, self);
    hew_block *block = extra ? hew__handle_alloc(self, HEW_TYPE_MONITOR, sizeof(monitor_block)) : NULL;
    if (!block) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    hew__list_push(&self->heap, block);
    watch *at = &((monitor_block *)(void *)block)->watch;
    at->extra = extra;
    hew__lock(&lock);
    at->id = ++last_id;
    begin(self, at, target);
    if (!mark_watched(target)) {
        take_out(bucket_of(target), at);
        fire(self->worker, at, HEW_DOWN_EXITED, 0);
    }
    hew__unlock(&lock);
    return block;
}

uint64_t hew_monitor_id(hew_block *monitor) { return monitor ? ((monitor_block *)(void *)monitor)->watch.id : 0; }

void hew_demonitor(hew_actor *self, hew_block *monitor) { hew_release(self, monitor); }

void hew__monitor_close(hew_actor *self, hew_block *block) {
    hew__lock(&lock);
    end(&((monitor_block *)(void *)block)->watch);
    hew__unlock(&lock);
    hew__block_free(self, block);
}

/* --- links --- */

enum { LINKED = 0, ALREADY_LINKED = 1, TARGET_DEAD = 2, RESOURCE_EXHAUSTED = 10 };

static watch **find_link(hew_extra *extra, uint64_t target) {
    watch **link = &extra->links;
    while (*link && (*link)->target != target) link = &(*link)->next_link;
    return link;
}

int32_t hew_link(hew_actor *self, uint64_t target) {
    hew_extra *extra = hew__extra(self->worker, self);
    if (!extra) return RESOURCE_EXHAUSTED;
    if (*find_link(extra, target)) return ALREADY_LINKED;
    watch *at = hew__alloc(self->worker, sizeof *at);
    if (!at) return RESOURCE_EXHAUSTED;
    *at = (watch){.extra = extra};
    hew__lock(&lock);
    begin(self, at, target);
    bool lives = mark_watched(target);
    if (!lives) take_out(bucket_of(target), at);
    hew__unlock(&lock);
    if (!lives) {
        hew__free(self->worker, at);
        return TARGET_DEAD;
    }
    at->next_link = extra->links;
    extra->links = at;
    return LINKED;
}

int32_t hew_partition_policy(hew_actor *self, uint32_t policy) {
    hew_extra *extra = hew__pid(self) == hew__rt.root ? NULL : hew__extra(self->worker, self);
    if (!extra) return 0;
    extra->partition_policy = policy;
    return 1;
}

static void link_free(hew_worker *worker, watch **link) {
    watch *at = *link;
    *link = at->next_link;
    hew__lock(&lock);
    end(at);
    hew__unlock(&lock);
    hew__free(worker, at);
}

void hew_unlink(hew_actor *self, uint64_t target) {
    hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_relaxed);
    watch **link = extra ? find_link(extra, target) : NULL;
    if (link && *link) link_free(self->worker, link);
}

void hew__links_free(hew_worker *worker, hew_extra *extra) {
    while (extra->links) link_free(worker, &extra->links);
}

/* --- notices --- */

bool hew__notices_take(hew_actor *self) {
    hew_extra *extra = atomic_load_explicit(&self->extra, memory_order_relaxed);
    hew_down down = {0};
    hew__lock(&lock);
    watch *at = extra ? extra->notices : NULL;
    if (at) {
        extra->notices = at->next;
        at->state = DELIVERED;
        down = (hew_down){.pid = at->target, .monitor = at->id, .reason = at->reason, .code = at->code};
    }
    if (!at || !extra->notices) atomic_fetch_and_explicit(&self->signals, ~(uint32_t)HEW_SIGNAL_DOWN, memory_order_relaxed);
    hew__unlock(&lock);
    if (!at) return false;
    if (down.monitor != 0) {
        if (self->type->on_down) self->type->on_down(self, &down);
    } else if (down.reason == HEW_DOWN_CRASHED) {
        if (!self->type->on_exit) hew__leave(self, HEW_TRAP_KILLED);
        self->type->on_exit(self, &down);
    }
    return true;
}
