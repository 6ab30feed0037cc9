/* Which calls are refused, which blocks of C's heap live, and which sites were reached: a byte each in the file that HEW_TEST_REACHED names, shared,
 * so that it is complete however the program ends. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_SITES = 4096, MOST_BLOCKS = 1 << 20 };

static const char *refused; /* the kind, up to the colon */
static size_t length;
static long at;
static atomic_long asked;
static unsigned char *reached;

__attribute__((constructor)) static void start(void) {
    const char *text = getenv("HEW_REFUSE");
    const char *colon = text ? strchr(text, ':') : NULL;
    const char *file = getenv("HEW_TEST_REACHED");
    if (colon) {
        refused = text;
        length = (size_t)(colon - text);
        at = strtol(colon + 1, NULL, 10);
    }
    if (!file) return;
    int descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) abort();
    if (ftruncate(descriptor, MOST_SITES) != 0) abort();
    reached = mmap(NULL, MOST_SITES, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
}

bool hew_test_refuses(const char *kind, int error) {
    if (!refused || strlen(kind) != length || strncmp(kind, refused, length) != 0) return false;
    if (atomic_fetch_add(&asked, 1) + 1 != at) return false;
    if (error) errno = error;
    return true;
}

void hew_test_reached(int site) {
    if (reached && site < MOST_SITES) reached[site] = 1;
}

/* --- blocks: a table by address, whose gaps are closed at once --- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *blocks[MOST_BLOCKS];
static size_t count;

static size_t home_of(const void *block) { return ((uintptr_t)block >> 4) * 0x9E3779B97F4A7C15u >> 44; }

static size_t place_of(const void *block) {
    size_t at = home_of(block);
    while (blocks[at] && blocks[at] != block) at = (at + 1) % MOST_BLOCKS;
    return at;
}

void *hew_test_made(void *block) {
    if (!block) return NULL;
    pthread_mutex_lock(&lock);
    if (count == MOST_BLOCKS / 2) abort();
    blocks[place_of(block)] = block;
    count++;
    pthread_mutex_unlock(&lock);
    return block;
}

static void forget(const void *block) {
    pthread_mutex_lock(&lock);
    size_t gap = place_of(block);
    if (blocks[gap]) {
        count--;
        blocks[gap] = NULL;
        for (size_t at = (gap + 1) % MOST_BLOCKS; blocks[at]; at = (at + 1) % MOST_BLOCKS) {
            size_t home = home_of(blocks[at]);
            bool stays = gap < at ? gap < home && home <= at : gap < home || home <= at;
            if (stays) continue;
            blocks[gap] = blocks[at];
            blocks[at] = NULL;
            gap = at;
        }
    }
    pthread_mutex_unlock(&lock);
}

void hew_test_gone(void *block) {
    if (block) forget(block);
    free(block);
}

void *hew_test_moved(void *old, size_t size) {
    if (old) forget(old);
    return hew_test_made(realloc(old, size));
}

__attribute__((destructor)) static void finish(void) {
    if (count > 0) fprintf(stderr, "%zu blocks of the C heap are left\n", count);
}
