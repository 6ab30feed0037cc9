/* What every test program needs to play the part of generated code. */
#ifndef HEW_TEST_PROGRAM_H
#define HEW_TEST_PROGRAM_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hew/abi.h"

/* A claim about the program. Where failures are injected claims need not hold: the program ends with 9. */
#define TEST(claim)                              \
    do {                                         \
        if (!(claim)) {                          \
            test_failed(__FILE__, __LINE__, #claim); \
            hew_exit(self, 9);                   \
        }                                        \
    } while (0)

static inline void test_failed(const char *file, int line, const char *claim) {
    if (getenv("HEW_FAIL_AT") || getenv("HEW_TRAP_AT") || getenv("HEW_REFUSE")) return;
    fprintf(stderr, "%s:%d: not true: %s\n", file, line, claim);
    abort();
}

static inline void *test_state(hew_actor *self) { return (char *)self + HEW_STATE_OFFSET; }
static inline void *test_payload(hew_message *message) { return (char *)message + HEW_MESSAGE_SIZE; }
static inline hew_block_list *test_blocks(hew_message *message) { return &message->blocks; }
static inline hew_block *test_string(hew_actor *self, const char *text) { return hew_string_from_bytes(self, text, (int64_t)strlen(text)); }

typedef int32_t test_resume(hew_actor *self, hew_block *frame);
typedef void test_drop(hew_actor *self, hew_block *frame);

/* Resumes a new frame once: null when it ended at once, as dispatch functions give it back. */
static inline hew_block *test_run_frame(hew_actor *self, hew_block *block) {
    hew_frame *frame = (hew_frame *)(void *)block;
    if (frame->resume(self, block) == HEW_FRAME_WAITING) return block;
    hew_release(self, block);
    return NULL;
}

/* A frame whose first word of data is `word`, resumed once. */
static inline hew_block *test_frame(hew_actor *self, test_resume *resume, test_drop *drop, size_t size, uint64_t word) {
    hew_block *frame = hew_frame_new(self, (void *)resume, (void *)drop, size - sizeof(hew_frame));
    memcpy((char *)frame + HEW_FRAME_DATA, &word, sizeof word);
    return test_run_frame(self, frame);
}

#endif
