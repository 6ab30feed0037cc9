/* Files and folders: whole files in and out, names, sizes. Calls that may block are bracketed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hew/data.h"
#include "hew/io.h"
#include "hew/sched.h"

static void set_status(hew_actor *self, bool is_ok) {
    if (is_ok) hew__status_ok(self);
    else hew__status_errno(self, errno);
}

/* Reads until the end into a Vec<u8> of this actor; null when there is nothing or an error. */
static hew_block *read_all(hew_actor *self, int descriptor) {
    enum { STEP = 64 << 10 };
    hew_block *block = NULL;
    hew__status_ok(self);
    for (;;) {
        block = hew_vec_reserve(self, block, STEP, HEW_TYPE_BYTES);
        hew_vec *vec = (hew_vec *)(void *)block;
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
        if (count == 0 && vec->length > 0) return block;
        hew_release(self, block);
        return NULL;
    }
}

hew_block *hew_file_read(hew_actor *self, hew_block *path) {
    int descriptor = open(hew__bytes(path), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        hew__status_errno(self, errno);
        return NULL;
    }
    hew_block *bytes = read_all(self, descriptor);
    close(descriptor);
    return bytes;
}

hew_block *hew_read_stdin(hew_actor *self) { return read_all(self, 0); }

static void write_file(hew_actor *self, const char *path, const char *bytes, int64_t length, bool append) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0666);
    if (descriptor < 0) {
        hew__status_errno(self, errno);
        return;
    }
    hew__status_ok(self);
    hew_blocking_begin(self);
    int error = 0;
    while (length > 0 && error == 0) {
        ssize_t count = write(descriptor, bytes, (size_t)length);
        if (count < 0 && errno != EINTR) error = errno;
        if (count <= 0) continue;
        bytes += count;
        length -= count;
    }
    if (close(descriptor) != 0 && error == 0) error = errno;
    hew_blocking_end(self);
    if (error) hew__status_errno(self, error);
}

void hew_file_write(hew_actor *self, hew_block *path, hew_block *bytes, int32_t append) {
    const hew_vec *vec = (const hew_vec *)(const void *)bytes;
    write_file(self, hew__bytes(path), vec ? vec->elements : "", vec ? vec->length : 0, append);
}

void hew_file_write_text(hew_actor *self, hew_block *path, hew_block *text, int32_t append) {
    write_file(self, hew__bytes(path), hew__bytes(text), hew_string_length(text), append);
}

int32_t hew_file_exists(hew_actor *self, hew_block *path) {
    enum { NOTHING, FILE_THERE, DIRECTORY_THERE };
    struct stat about;
    (void)self;
    if (stat(hew__bytes(path), &about) != 0) return NOTHING;
    return S_ISDIR(about.st_mode) ? DIRECTORY_THERE : FILE_THERE;
}

int64_t hew_file_size(hew_actor *self, hew_block *path) {
    struct stat about = {0};
    set_status(self, stat(hew__bytes(path), &about) == 0);
    return about.st_size;
}

int64_t hew_file_modified(hew_actor *self, hew_block *path) {
    struct stat about = {0};
    set_status(self, stat(hew__bytes(path), &about) == 0);
    return (int64_t)about.st_mtim.tv_sec * 1000000000 + about.st_mtim.tv_nsec;
}

void hew_file_remove(hew_actor *self, hew_block *path) { set_status(self, remove(hew__bytes(path)) == 0); }

void hew_file_rename(hew_actor *self, hew_block *source, hew_block *target) {
    set_status(self, rename(hew__bytes(source), hew__bytes(target)) == 0);
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
    const char *name = hew__bytes(path);
    set_status(self, parents ? make_with_parents(name) : mkdir(name, 0777) == 0);
}

static int is_name(const struct dirent *entry) {
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && hew__utf8_is_valid(entry->d_name, (int64_t)strlen(entry->d_name));
}

static int by_bytes(const struct dirent **left, const struct dirent **right) { return strcmp((*left)->d_name, (*right)->d_name); }

hew_block *hew_dir_list(hew_actor *self, hew_block *path) {
    struct dirent **entries = NULL;
    int count = scandir(hew__bytes(path), &entries, is_name, by_bytes);
    set_status(self, count >= 0);
    hew_block *names = count > 0 ? hew_vec_with_capacity(self, HEW_TYPE_STRINGS, count) : NULL;
    for (int i = 0; i < count; i++) {
        hew_vec *vec = (hew_vec *)(void *)names;
        hew_block *name = hew_string_from_bytes(self, entries[i]->d_name, (int64_t)strlen(entries[i]->d_name));
        ((hew_block **)(void *)vec->elements)[vec->length++] = name;
        free(entries[i]);
    }
    free(entries);
    return names;
}

hew_block *hew_working_dir(hew_actor *self) {
    char *path = getcwd(NULL, 0);
    set_status(self, path != NULL);
    hew_block *result = path ? hew_string_from_bytes(self, path, (int64_t)strlen(path)) : NULL;
    free(path);
    return result;
}
