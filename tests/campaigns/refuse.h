/* Before every C file of the runtime in the builds of these tests: what the system gives can be refused,
 * and blocks of C's heap, which no counter of the runtime knows, are counted.
 *
 * HEW_REFUSE=open:3 makes the third call of that kind fail; the kinds stand below. */
#ifndef HEW_TEST_REFUSE_H
#define HEW_TEST_REFUSE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netdb.h>
#include <pthread.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

bool hew_test_refuses(const char *kind, int error);
void hew_test_reached(int site);
/* Notes a block of C's heap, and gives it back; `free` of what a library made is none of ours. */
void *hew_test_made(void *block);
void hew_test_gone(void *block);
void *hew_test_moved(void *old, size_t size);

#define malloc(size) (hew_test_refuses("memory", ENOMEM) ? NULL : hew_test_made(malloc(size)))
#define calloc(count, size) (hew_test_refuses("memory", ENOMEM) ? NULL : hew_test_made(calloc(count, size)))
#define realloc(old, size) (hew_test_refuses("memory", ENOMEM) ? NULL : hew_test_moved(old, size))
#define aligned_alloc(by, size) (hew_test_refuses("memory", ENOMEM) ? NULL : hew_test_made(aligned_alloc(by, size)))
#define strdup(text) (hew_test_refuses("memory", ENOMEM) ? NULL : hew_test_made(strdup(text)))
#define free(block) hew_test_gone(block)
#define pthread_create(...) (hew_test_refuses("thread", 0) ? EAGAIN : pthread_create(__VA_ARGS__))
#define mmap(...) (hew_test_refuses("pages", ENOMEM) ? MAP_FAILED : mmap(__VA_ARGS__))
#define epoll_create1(flags) (hew_test_refuses("poller", EMFILE) ? -1 : epoll_create1(flags))
#define eventfd(...) (hew_test_refuses("poller", EMFILE) ? -1 : eventfd(__VA_ARGS__))
#define signalfd(...) (hew_test_refuses("poller", EMFILE) ? -1 : signalfd(__VA_ARGS__))
#define epoll_ctl(...) (hew_test_refuses("poller", ENOMEM) ? -1 : epoll_ctl(__VA_ARGS__))
#define socket(...) (hew_test_refuses("socket", EMFILE) ? -1 : socket(__VA_ARGS__))
#define accept4(...) (hew_test_refuses("socket", EMFILE) ? -1 : accept4(__VA_ARGS__))
#define bind(...) (hew_test_refuses("socket", EADDRINUSE) ? -1 : bind(__VA_ARGS__))
#define connect(...) (hew_test_refuses("socket", ECONNREFUSED) ? -1 : connect(__VA_ARGS__))
#define getaddrinfo(...) (hew_test_refuses("socket", ENOMEM) ? EAI_SYSTEM : getaddrinfo(__VA_ARGS__))
#define fcntl(...) (hew_test_refuses("socket", EMFILE) ? -1 : fcntl(__VA_ARGS__))
#define fopen(...) (hew_test_refuses("open", EMFILE) ? NULL : fopen(__VA_ARGS__))
#define scandir(...) (hew_test_refuses("open", EMFILE) ? -1 : scandir(__VA_ARGS__))
#define posix_spawnp(...) (hew_test_refuses("open", 0) ? EAGAIN : posix_spawnp(__VA_ARGS__))
#define getrandom(...) (hew_test_refuses("entropy", ENOSYS) ? -1 : getrandom(__VA_ARGS__))
#define open(...) (hew_test_refuses("open", EMFILE) ? -1 : open(__VA_ARGS__))

#endif
