/* How the last fallible call of an actor went. */
#include <errno.h>

#include "hew/io.h"
#include "hew/sched.h"

void hew__status_ok(hew_actor *self) { self->status = HEW_IO_OK; }

static int32_t status_of(int number) {
    switch (number) {
    case ENOENT: return HEW_IO_NOT_FOUND;
    case EACCES:
    case EPERM: return HEW_IO_PERMISSION;
    case EEXIST: return HEW_IO_EXISTS;
    case EINVAL: return HEW_IO_INVALID;
    case ECONNREFUSED: return HEW_IO_REFUSED;
    case EPIPE:
    case ECONNRESET: return HEW_IO_CLOSED;
    case ETIMEDOUT: return HEW_IO_TIMED_OUT;
    case ECANCELED: return HEW_IO_CANCELLED;
    case EAGAIN: return HEW_IO_AGAIN;
    default: return HEW_IO_OTHER;
    }
}

void hew__status_errno(hew_actor *self, int number) { self->status = status_of(number) | number << HEW_ERROR_SHIFT; }

int32_t hew_status(hew_actor *self) { return self->status & ((1 << HEW_ERROR_SHIFT) - 1); }
int64_t hew_error_number(hew_actor *self) { return self->status >> HEW_ERROR_SHIFT; }
