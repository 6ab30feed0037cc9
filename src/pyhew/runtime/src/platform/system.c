/* Clock, environment, entropy, pages, plain writes, and the way out for broken invariants. */
#include <malloc.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "hew/platform.h"

int64_t hew__clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

const char *hew__environment(const char *name) { return getenv(name); }

int64_t hew__environment_number(const char *name, int64_t otherwise) {
    const char *text = getenv(name);
    if (!text || !*text) return otherwise;
    char *end = NULL;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    return errno == 0 && *end == '\0' ? number : otherwise;
}

uint64_t hew__entropy(void) {
    uint64_t bits = 0;
    if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) != (ssize_t)sizeof bits) bits = (uint64_t)hew__clock() ^ (uint64_t)getpid() << 32;
    return bits;
}

void *hew__pages_map(size_t size) {
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

void hew__pages_unmap(void *pages, size_t size) {
    if (munmap(pages, size) != 0) hew__fatal("pages cannot be unmapped");
}

/* Whole pages, first and last included: a mapping of which only a part is advised becomes several, which cannot be grown. */
void hew__pages_prefer_huge(void *memory, size_t size) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = (uintptr_t)memory / page * page;
    uintptr_t end = ((uintptr_t)memory + size + page - 1) / page * page;
    (void)madvise((void *)first, end - first, MADV_HUGEPAGE); /* advice: a kernel without huge pages refuses it */
}

void hew__write(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        bytes += written;
        length -= (size_t)written;
    }
}

void hew__fatal(const char *format, ...) {
    char text[512];
    int length = snprintf(text, sizeof text, "hew: fatal: ");
    va_list arguments;
    va_start(arguments, format);
    int more = vsnprintf(text + length, sizeof text - (size_t)length - 1, format, arguments);
    va_end(arguments);
    length += more < 0 ? 0 : more;
    if (length > (int)sizeof text - 2) length = (int)sizeof text - 2;
    text[length++] = '\n';
    hew__write(2, text, (size_t)length);
    abort();
}

int64_t hew__c_heap_bytes(void) {
#ifdef __GLIBC__
    struct mallinfo2 info = mallinfo2();
    return (int64_t)(info.uordblks + info.hblkhd);
#else
    return 0;
#endif
}
