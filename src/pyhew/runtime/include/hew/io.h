/* Files, sockets and the thread that waits for them. */
#ifndef HEW_IO_H
#define HEW_IO_H

#include <sys/types.h>

#include "hew/actor.h"

/* What `self->status` holds: an IoStatus, and above it the system's error number. */
enum { HEW_ERROR_SHIFT = 8 };

void hew__status_ok(hew_actor *self);
/* The status for an `errno`. */
void hew__status_errno(hew_actor *self, int number);

/* Like `read` of standard input, behind the lines that were taken from it; waits, and fails when the actor is asked to end. */
ssize_t hew__input_read(hew_actor *self, char *bytes, size_t size);

/* Readiness of descriptors, told by the thread of hew_main. A watched socket belongs to a block; unwatching is exact:
 * afterwards nothing touches it. */
typedef struct hew_watched {
    int descriptor;
    bool holds_drain; /* a transfer in flight: a draining program waits for it */
    bool is_armed;    /* under the reactor's lock, as the next */
    hew_actor *actor;
    _Atomic uint32_t ready; /* HEW_READY_* */
} hew_watched;

enum { HEW_READY_READ = 1, HEW_READY_WRITE = 2 };

void hew__reactor_start(int poll_set);
void hew__reactor_finish(void);
bool hew__reactor_add(hew_watched *watched);
/* Asks to be told once; the actor is woken. */
void hew__reactor_arm(hew_watched *watched, hew_actor *actor, uint32_t ready);
void hew__reactor_remove(hew_watched *watched);
/* A descriptor of the poll set has something to say. */
void hew__reactor_event(int descriptor, uint32_t ready);
/* A draining program does not wait for it any more. */
void hew__reactor_let_go(hew_watched *watched);
/* How many are waited for: those that hold the drain, and all, which may wake somebody. */
uint32_t hew__reactor_active(void);
uint32_t hew__reactor_armed(void);
uint32_t hew__reactor_events(void);
void hew__socket_close(hew_actor *self, hew_block *block);

/* Forgets the named numbers of the process. */
void hew__tallies_finish(void);

#endif
