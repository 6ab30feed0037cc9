/* What the thread of hew_main sleeps on: pokes, signals from outside, descriptors. */
#ifndef HEW_POLLER_H
#define HEW_POLLER_H

#include <stdbool.h>
#include <stdint.h>

bool hew__poller_start(void);
void hew__poller_finish(void);
/* Sleeps until poked, until something happened, or that long; negative: without limit. */
void hew__poll(int64_t nanoseconds);
/* Transfers in flight that a draining program has to wait for. */
uint32_t hew__poll_active(void);
uint32_t hew__poll_armed(void);

#endif
