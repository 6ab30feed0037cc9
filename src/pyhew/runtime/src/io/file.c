/* Files and folders: whole files in and out, names, sizes. Calls that may block are bracketed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hew/builtin.h"
#include "hew/data.h"
#include "hew/io.h"
#include "hew/sched.h"

/* For the system, to which a zero ends a name: one that holds a zero is the empty name, which no file has. */
static const char *name_of(hew_block *path) {
    const char *bytes = hew__bytes(path);
    return memchr(bytes, '\0', (size_t)hew_string_length(path)) ? "" : bytes;
}

static void set_status(hew_actor *self, bool is_ok) {
    if (is_ok) hew__status_ok(self);
    else hew__status_errno(self, errno);
}

/* The same bytes with more room; null without memory, and the old Vec is released then too. */
static hew_vec *with_room(hew_actor *self, hew_vec *old) {
    enum { STEP = 64 << 10 };
    int64_t length = old ? old->length : 0;
    if (old && old->capacity - length >= STEP) return old;
    hew_vec *vec = hew__vec_try(self, HEW_TYPE_BYTES, 2 * length + STEP);
    if (vec && old) memcpy(vec->elements, old->elements, (size_t)length);
    if (vec) vec->length = length;
    if (old) hew_release(self, &old->block);
    return vec;
}

/* Reads until the end into a Vec<u8> of this actor; null when there is nothing, or an error; without memory the
 * status is OTHER with ENOMEM, because the caller has something to close before a trap. */
static hew_block *read_all(hew_actor *self, int descriptor) {
    hew_vec *vec = NULL;
    hew__status_ok(self);
    for (;;) {
        vec = with_room(self, vec);
        if (!vec) {
            hew__status_errno(self, ENOMEM);
            return NULL;
        }
        hew_blocking_begin(self);
        char *end = vec->elements + vec->length;
        size_t room = (size_t)(vec->capacity - vec->length);
        ssize_t count = descriptor == 0 ? hew__input_read(self, end, room) : read(descriptor, end, room);
        int error = errno;
        hew_blocking_end(self);
        if (count < 0 && error == EINTR) continue;
        if (count < 0) hew__status_errno(self, error);
        if (count > 0) vec->length += count;
        if (count > 0) continue;
        if (count == 0 && vec->length > 0) return &vec->block;
        hew_release(self, &vec->block);
        return NULL;
    }
}

static void trap_without_memory(hew_actor *self) {
    if (hew_error_number(self) == ENOMEM) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
}

hew_block *hew_file_read(hew_actor *self, hew_block *path) {
    int descriptor = open(name_of(path), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        hew__status_errno(self, errno);
        return NULL;
    }
    hew_block *bytes = read_all(self, descriptor);
    close(descriptor);
    trap_without_memory(self);
    return bytes;
}

hew_block *hew_read_stdin(hew_actor *self) {
    hew_block *bytes = read_all(self, 0);
    trap_without_memory(self);
    return bytes;
}

/* 0, or what went wrong. */
static int write_all(int descriptor, const char *bytes, int64_t length) {
    while (length > 0) {
        ssize_t count = write(descriptor, bytes, (size_t)length);
        if (count < 0 && errno != EINTR) return errno;
        if (count <= 0) continue;
        bytes += count;
        length -= count;
    }
    return 0;
}

static void write_file(hew_actor *self, const char *path, const char *bytes, int64_t length, bool append) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0666);
    if (descriptor < 0) {
        hew__status_errno(self, errno);
        return;
    }
    hew__status_ok(self);
    hew_blocking_begin(self);
    int error = write_all(descriptor, bytes, length);
    if (close(descriptor) != 0 && error == 0) error = errno;
    hew_blocking_end(self);
    if (error) hew__status_errno(self, error);
}

void hew_file_write(hew_actor *self, hew_block *path, hew_block *bytes, int32_t append) {
    const hew_vec *vec = (const hew_vec *)(const void *)bytes;
    write_file(self, name_of(path), vec ? vec->elements : "", vec ? vec->length : 0, append);
}

void hew_file_write_text(hew_actor *self, hew_block *path, hew_block *text, int32_t append) {
    write_file(self, name_of(path), hew__bytes(text), hew_string_length(text), append);
}

/* Plain files do not keep a writer waiting, and the channel's lock is held: no hand-over here. */
static void write_text(hew_actor *self, int descriptor, hew_block *text) {
    int error = write_all(descriptor, hew__bytes(text), hew_string_length(text));
    if (error) hew__status_errno(self, error);
    else hew__status_ok(self);
}

static void close_file(int descriptor) { close(descriptor); }

hew_block *hew_file_sink(hew_actor *self, hew_block *path) {
    int descriptor = open(name_of(path), O_WRONLY | O_CREAT | O_CLOEXEC | O_TRUNC, 0666);
    set_status(self, descriptor >= 0);
    if (descriptor < 0) return hew_channel_new(self, 1);
    const hew_outlet outlet = {.write = write_text, .close = close_file, .file = descriptor};
    return hew__channel_into(self, &outlet);
}

int32_t hew_file_exists(hew_actor *self, hew_block *path) {
    enum { NOTHING, FILE_THERE, DIRECTORY_THERE };
    struct stat about;
    (void)self;
    if (stat(name_of(path), &about) != 0) return NOTHING;
    return S_ISDIR(about.st_mode) ? DIRECTORY_THERE : FILE_THERE;
}

int64_t hew_file_size(hew_actor *self, hew_block *path) {
    struct stat about = {0};
    set_status(self, stat(name_of(path), &about) == 0);
    return about.st_size;
}

int64_t hew_file_modified(hew_actor *self, hew_block *path) {
    struct stat about = {0};
    set_status(self, stat(name_of(path), &about) == 0);
    return (int64_t)about.st_mtim.tv_sec * 1000000000 + about.st_mtim.tv_nsec;
}

void hew_file_remove(hew_actor *self, hew_block *path) { set_status(self, remove(name_of(path)) == 0); }

void hew_file_rename(hew_actor *self, hew_block *source, hew_block *target) {
    set_status(self, rename(name_of(source), name_of(target)) == 0);
}

static bool make_with_parents(const char *path) {
    char *copy = strdup(path);
    if (!copy) return false;
    for (char *at = copy + 1; *copy && *at; at++) {
        if (*at != '/') continue;
        *at = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
            int error = errno;
            free(copy);
            errno = error;
            return false;
        }
        *at = '/';
    }
    free(copy);
    struct stat about;
    if (mkdir(path, 0777) == 0) return true;
    return errno == EEXIST && stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

void hew_dir_create(hew_actor *self, hew_block *path, int32_t parents) {
    const char *name = name_of(path);
    set_status(self, parents ? make_with_parents(name) : mkdir(name, 0777) == 0);
}

static int is_name(const struct dirent *entry) {
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && hew__utf8_is_valid(entry->d_name, (int64_t)strlen(entry->d_name));
}

static int by_bytes(const struct dirent **left, const struct dirent **right) { return strcmp((*left)->d_name, (*right)->d_name); }

hew_block *hew_dir_list(hew_actor *self, hew_block *path) {
    struct dirent **entries = NULL;
    int count = scandir(name_of(path), &entries, is_name, by_bytes);
    set_status(self, count >= 0);
    hew_vec *names = count > 0 ? hew__vec_try(self, HEW_TYPE_STRINGS, count) : NULL;
    bool is_short = count > 0 && !names;
    for (int i = 0; i < count; i++) { /* the entries are in the heap of C: a trap here would lose them */
        hew_block *name = is_short ? NULL : hew__string_try(self, entries[i]->d_name, (int64_t)strlen(entries[i]->d_name));
        is_short = is_short || !name;
        if (name) ((hew_block **)(void *)names->elements)[names->length++] = name;
        free(entries[i]);
    }
    free(entries);
    if (is_short) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    return names ? &names->block : NULL;
}

hew_block *hew_working_dir(hew_actor *self) {
    char *path = getcwd(NULL, 0);
    set_status(self, path != NULL);
    return path ? hew__string_take(self, path) : NULL;
}
