/* Standard input by lines: one buffer for all actors, a line at a time. Waiting for a terminal is no
 * reason to outlive the program, so it looks up now and then. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hew/data.h"
#include "hew/io.h"
#include "hew/sched.h"

enum { BUFFER_SIZE = 16 << 10 };

typedef struct input {
    hew_lock lock;
    size_t start;
    size_t end;
    char bytes[BUFFER_SIZE];
} input;

static input in;

void hew__input_start(void) {
    hew__lock_init(&in.lock);
    in.start = in.end = 0;
}

void hew__input_finish(void) { hew__lock_deinit(&in.lock); }

static bool wait_for_input(hew_actor *self) {
    enum { GLANCE_MILLISECONDS = 50 };
    struct pollfd asked = {.fd = 0, .events = POLLIN};
    while (poll(&asked, 1, GLANCE_MILLISECONDS) == 0) {
        if (!hew_is_cancelled(self)) continue;
        errno = ECANCELED;
        return false;
    }
    return true;
}

ssize_t hew__input_read(hew_actor *self, char *bytes, size_t size) {
    hew__lock(&in.lock);
    size_t kept = in.end - in.start;
    ssize_t count = (ssize_t)(kept < size ? kept : size);
    memcpy(bytes, in.bytes + in.start, (size_t)count);
    in.start += (size_t)count;
    if (kept == 0) count = wait_for_input(self) ? read(0, bytes, size) : -1;
    int error = errno;
    hew__unlock(&in.lock);
    errno = error;
    return count;
}

typedef struct line {
    hew_actor *self;
    char *bytes; /* malloc */
    size_t length;
    bool is_at_end; /* of the input, with nothing before it */
    int error;
} line;

static bool grow(line *to, const char *bytes, size_t count) {
    char *longer = realloc(to->bytes, to->length + count + 1);
    if (!longer) return false;
    memcpy(longer + to->length, bytes, count);
    to->bytes = longer;
    to->length += count;
    return true;
}

/* Under the lock; blocks. */
static void read_line(line *to) {
    for (;;) {
        char *newline = memchr(in.bytes + in.start, '\n', in.end - in.start);
        size_t count = newline ? (size_t)(newline - in.bytes) - in.start : in.end - in.start;
        if (!grow(to, in.bytes + in.start, count)) to->error = ENOMEM;
        in.start += count + (newline != NULL);
        if (newline || to->error) return;
        in.start = in.end = 0;
        ssize_t got = wait_for_input(to->self) ? read(0, in.bytes, BUFFER_SIZE) : -1;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) to->error = errno;
        if (got <= 0) {
            to->is_at_end = to->length == 0;
            return;
        }
        in.end = (size_t)got;
    }
}

hew_block *hew_read_line(hew_actor *self) {
    line result = {.self = self};
    hew_blocking_begin(self);
    hew__lock(&in.lock);
    read_line(&result);
    hew__unlock(&in.lock);
    hew_blocking_end(self);
    hew__status_ok(self);
    if (result.error) hew__status_errno(self, result.error);
    else if (result.is_at_end) self->status = HEW_IO_CLOSED;
    else if (!hew__utf8_is_valid(result.bytes, (int64_t)result.length)) self->status = HEW_IO_INVALID;
    if (result.length > 0 && result.bytes[result.length - 1] == '\r') result.length--;
    /* The text is in the heap of C: a trap here would lose it. */
    hew_block *text = self->status == HEW_IO_OK ? hew__string_try(self, result.bytes, (int64_t)result.length) : NULL;
    bool has_failed = self->status == HEW_IO_OK && result.length > 0 && !text;
    free(result.bytes);
    if (has_failed) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    return text;
}
