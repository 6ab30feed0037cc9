/* Other programs: running one to its end with what it wrote, or beside this one. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hew/data.h"
#include "hew/io.h"
#include "hew/sched.h"

extern char **environ;

/* A null-terminated list of the words, for spawning; free it. */
static char **words_of(hew_block *words) {
    const hew_vec *vec = (const hew_vec *)(const void *)words;
    size_t count = vec ? (size_t)vec->length : 0;
    char **list = calloc(count + 1, sizeof *list);
    for (size_t i = 0; list && i < count; i++) {
        list[i] = (char *)(uintptr_t)hew__bytes(((hew_block *const *)(const void *)vec->elements)[i]);
    }
    return list;
}

/* Starts a program; descriptors of -1 are those of this process. The signals a Hew program waits for are unblocked. */
static int start(hew_block *words, int out, int err, pid_t *process) {
    char **list = words_of(words);
    if (!list) return ENOMEM;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigset_t normal;
    sigemptyset(&none);
    sigemptyset(&normal);
    sigaddset(&normal, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &normal);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (out >= 0) posix_spawn_file_actions_adddup2(&files, out, 1);
    if (err >= 0) posix_spawn_file_actions_adddup2(&files, err, 2);
    int error = list[0] ? posix_spawnp(process, list[0], &files, &attributes, list, environ) : EINVAL;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    free(list);
    return error;
}

static int64_t wait_for(hew_actor *self, pid_t process) {
    int state = 0;
    pid_t found = 0;
    hew_blocking_begin(self);
    do found = waitpid(process, &state, 0);
    while (found < 0 && errno == EINTR);
    hew_blocking_end(self);
    if (found < 0) return -1;
    return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
}

static int64_t size_of(int descriptor) {
    struct stat about;
    return fstat(descriptor, &about) == 0 ? (int64_t)about.st_size : 0;
}

static void read_all(int descriptor, char *into, int64_t size) {
    for (int64_t done = 0; done < size;) {
        ssize_t count = pread(descriptor, into + done, (size_t)(size - done), done);
        if (count <= 0) {
            memset(into + done, 0, (size_t)(size - done));
            return;
        }
        done += count;
    }
}

/* Null without memory. */
static hew_block *collected(hew_actor *self, int64_t code, int out, int err) {
    int64_t lengths[2] = {code, size_of(out)};
    int64_t err_size = size_of(err);
    int64_t total = (int64_t)sizeof lengths + lengths[1] + err_size;
    hew_vec *vec = hew__vec_try(self, HEW_TYPE_BYTES, total);
    if (!vec) return NULL;
    memcpy(vec->elements, lengths, sizeof lengths);
    read_all(out, vec->elements + sizeof lengths, lengths[1]);
    read_all(err, vec->elements + sizeof lengths + lengths[1], err_size);
    vec->length = total;
    return &vec->block;
}

hew_block *hew_command_run(hew_actor *self, hew_block *words) {
    pid_t process = 0;
    hew_block *result = NULL;
    int out = memfd_create("output", MFD_CLOEXEC);
    int err = memfd_create("errors", MFD_CLOEXEC);
    int error = out < 0 || err < 0 ? errno : start(words, out, err, &process);
    if (!error) result = collected(self, wait_for(self, process), out, err);
    if (out >= 0) close(out);
    if (err >= 0) close(err);
    if (!error && !result) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    if (error) hew__status_errno(self, error);
    else hew__status_ok(self);
    return result;
}

int64_t hew_command_start(hew_actor *self, hew_block *words) {
    pid_t process = 0;
    int error = start(words, -1, -1, &process);
    if (error) hew__status_errno(self, error);
    else hew__status_ok(self);
    return error ? 0 : process;
}

int64_t hew_command_wait(hew_actor *self, int64_t process) { return process > 0 ? wait_for(self, (pid_t)process) : -1; }
int64_t hew_command_kill(int64_t process) { return process > 0 && kill((pid_t)process, SIGKILL) == 0 ? 0 : -1; }
