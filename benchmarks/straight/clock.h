/* What the C programs share: the clock and the two lines that every program prints. */
#ifndef CLOCK_H
#define CLOCK_H
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

static inline int64_t now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

static inline void report(int64_t operations, int64_t nanoseconds) { printf("%" PRId64 " %" PRId64 "\n", operations, nanoseconds); }
#endif
