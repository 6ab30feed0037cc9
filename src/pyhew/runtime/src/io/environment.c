/* What the program was started with, clocks and random numbers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "hew/data.h"
#include "hew/io.h"
#include "hew/sched.h"
#include "hew/seeded.h"

static hew_block *text_of(hew_actor *self, const char *text) { return hew_string_from_bytes(self, text, (int64_t)strlen(text)); }

int64_t hew_args_count(void) { return hew__rt.argc; }

hew_block *hew_arg(hew_actor *self, int64_t index) {
    return index >= 0 && index < hew__rt.argc ? text_of(self, hew__rt.argv[index]) : NULL;
}

/* getenv and setenv share one table without a lock of libc's. */
hew_block *hew_env_get(hew_actor *self, hew_block *name) {
    hew__lock(&hew__rt.environment_lock);
    const char *text = getenv(hew__bytes(name));
    size_t length = text ? strlen(text) : 0;
    char *copy = text ? malloc(length + 1) : NULL;
    if (copy) memcpy(copy, text, length + 1);
    hew__unlock(&hew__rt.environment_lock);
    self->status = text ? HEW_IO_OK : HEW_IO_NOT_FOUND;
    if (text && !copy) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    if (!copy) return NULL;
    if (hew__utf8_is_valid(copy, (int64_t)length)) return hew__string_take(self, copy);
    free(copy);
    return NULL;
}

void hew_env_set(hew_actor *self, hew_block *name, hew_block *text) {
    hew__lock(&hew__rt.environment_lock);
    self->status = setenv(hew__bytes(name), hew__bytes(text), 1) == 0 ? HEW_IO_OK : HEW_IO_INVALID;
    hew__unlock(&hew__rt.environment_lock);
}

void hew_env_remove(hew_actor *self, hew_block *name) {
    hew__lock(&hew__rt.environment_lock);
    self->status = unsetenv(hew__bytes(name)) == 0 ? HEW_IO_OK : HEW_IO_INVALID;
    hew__unlock(&hew__rt.environment_lock);
}

int64_t hew_process_id(void) { return getpid(); }

hew_block *hew_host_name(hew_actor *self) {
    char name[256] = "";
    if (gethostname(name, sizeof name - 1) != 0) name[0] = '\0';
    return text_of(self, name);
}

hew_block *hew_entropy(hew_actor *self, int64_t count) {
    if (count <= 0) return NULL;
    hew_block *bytes = hew_vec_with_capacity(self, HEW_TYPE_BYTES, count);
    hew_vec *vec = (hew_vec *)(void *)bytes;
    while (vec->length < count) {
        ssize_t got = getrandom(vec->elements + vec->length, (size_t)(count - vec->length), 0);
        if (got > 0) vec->length += got;
        else if (errno != EINTR) {
            hew__status_errno(self, errno);
            hew_release(self, bytes);
            return NULL;
        }
    }
    hew__status_ok(self);
    return bytes;
}

int64_t hew_clock_monotonic(void) { return hew__now(); }

int64_t hew_clock_real(void) {
    if (hew__rt.is_seeded) return hew__now();
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* One generator per worker; with HEW_SEED a run repeats. */
uint64_t hew_random_u64(hew_actor *self) {
    uint64_t *state = &self->worker->random_numbers;
    *state += 0x9E3779B97F4A7C15u;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

int64_t hew_block_copies(hew_actor *self) { return self->worker->counters.block_copies; }
