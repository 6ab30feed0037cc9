/* Readiness of sockets. The thread of hew_main waits in epoll; a socket that is waited for is armed for one event.
 *
 * Events name descriptors, not objects, and the table says under the lock what a descriptor is now; so an event that
 * was fetched before a socket was closed finds nothing, or wakes the descriptor's next owner for nothing. */
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "hew/io.h"
#include "hew/sched.h"

typedef struct reactor {
    hew_lock lock;
    int set;
    hew_watched **table; /* by descriptor */
    int capacity;
    uint32_t active; /* armed, and a draining program waits for them */
    uint32_t armed;
    uint32_t events; /* that woke somebody; for observers */
} reactor;

static reactor only;

void hew__reactor_start(int poll_set) {
    memset(&only, 0, sizeof only);
    hew__lock_init(&only.lock);
    only.set = poll_set;
}

void hew__reactor_finish(void) {
    free(only.table);
    only.table = NULL;
    hew__lock_deinit(&only.lock);
}

static bool has_place(int descriptor) {
    if (descriptor < only.capacity) return true;
    int capacity = only.capacity ? only.capacity : 64;
    while (capacity <= descriptor) capacity *= 2;
    hew_watched **table = realloc(only.table, (size_t)capacity * sizeof *table);
    if (!table) return false;
    memset(table + only.capacity, 0, (size_t)(capacity - only.capacity) * sizeof *table);
    only.table = table;
    only.capacity = capacity;
    return true;
}

bool hew__reactor_add(hew_watched *watched) {
    hew__lock(&only.lock);
    struct epoll_event event = {.events = EPOLLONESHOT, .data.fd = watched->descriptor};
    bool is_added = has_place(watched->descriptor) && epoll_ctl(only.set, EPOLL_CTL_ADD, watched->descriptor, &event) == 0;
    if (is_added) only.table[watched->descriptor] = watched;
    hew__unlock(&only.lock);
    return is_added;
}

static void disarm(hew_watched *watched) {
    if (!watched->is_armed) return;
    only.armed--;
    if (watched->holds_drain) only.active--;
    watched->is_armed = false;
}

void hew__reactor_arm(hew_watched *watched, hew_actor *actor, uint32_t ready) {
    hew__lock(&only.lock);
    disarm(watched);
    watched->actor = actor;
    watched->is_armed = true;
    only.armed++;
    if (watched->holds_drain) only.active++;
    uint32_t events = (ready & HEW_READY_READ ? EPOLLIN | EPOLLRDHUP : 0u) | (ready & HEW_READY_WRITE ? EPOLLOUT : 0u);
    struct epoll_event event = {.events = events | EPOLLONESHOT, .data.fd = watched->descriptor};
    bool is_watched = epoll_ctl(only.set, EPOLL_CTL_MOD, watched->descriptor, &event) == 0;
    if (!is_watched) disarm(watched);
    hew__unlock(&only.lock);
    if (!is_watched) hew__wake(actor->worker, actor); /* to find the error itself */
}

void hew__reactor_remove(hew_watched *watched) {
    hew__lock(&only.lock);
    disarm(watched);
    if (watched->descriptor < only.capacity && only.table[watched->descriptor] == watched) {
        only.table[watched->descriptor] = NULL;
        epoll_ctl(only.set, EPOLL_CTL_DEL, watched->descriptor, NULL);
    }
    hew__unlock(&only.lock);
}

void hew__reactor_event(int descriptor, uint32_t ready) {
    hew__lock(&only.lock);
    hew_watched *watched = descriptor < only.capacity ? only.table[descriptor] : NULL;
    if (watched && watched->is_armed) {
        disarm(watched);
        only.events++;
        atomic_fetch_or_explicit(&watched->ready, ready, memory_order_relaxed); /* a hint: the actor asks the system again */
        hew__wake(NULL, watched->actor);
    }
    hew__unlock(&only.lock);
}

void hew__reactor_let_go(hew_watched *watched) {
    hew__lock(&only.lock);
    if (watched->is_armed && watched->holds_drain) only.active--;
    watched->holds_drain = false;
    hew__unlock(&only.lock);
}

static uint32_t look(const uint32_t *count) {
    hew__lock(&only.lock);
    uint32_t found = *count;
    hew__unlock(&only.lock);
    return found;
}

uint32_t hew__reactor_active(void) { return look(&only.active); }

uint32_t hew__reactor_armed(void) { return look(&only.armed); }

uint32_t hew__reactor_events(void) { return look(&only.events); }
