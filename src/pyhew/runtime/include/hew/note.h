/* Check mode: what is remembered of each allocation, in front of it. */
#ifndef HEW_NOTE_H
#define HEW_NOTE_H

#include "hew/sched.h"

enum { HEW_NOTE_FRAMES = 16 };

/* `magic` is LIVE or FREED while the memory is ours. Live notes are in one of several lists. */
typedef struct hew_note {
    struct hew_note *prev;
    struct hew_note *next;
    size_t size;
    uint32_t magic;
    uint16_t purpose;
    uint16_t is_reported; /* a leak: with HEW_LEAK_KEEP it stays lost, for valgrind to find as well */
    const hew_actor_type *actor;
    uint16_t handler;
    uint16_t depth;
    uint32_t walk; /* in a search for cycles: the walk that came by, from 1 */
    struct hew_note *via; /* in a search for cycles: the note it was reached from, by the field of this name */
    const char *via_name;
    const hew_actor_type *keeper; /* of the program at rest: whose actor owns it, by the field of this name if by one */
    const char *keeper_field;
    void *stack[HEW_NOTE_FRAMES];
} hew_note;
_Static_assert(sizeof(hew_note) % 16 == 0, "what follows a note is aligned");

static inline hew_note *hew__note_of(const void *memory) { return (hew_note *)(uintptr_t)memory - 1; }
static inline hew_block *hew__noted_block(const hew_note *note) { return (hew_block *)((uintptr_t)note + sizeof *note); }

/* The return addresses of whoever runs on this worker, innermost first; how many. */
uint16_t hew__stack_walk(const hew_worker *worker, void **stack);

/* Calls `visit` for every live note; the workers are joined. */
void hew__notes_each(void (*visit)(hew_note *note, void *context), void *context);
/* The same while the program runs: roughly what lives now. */
void hew__notes_each_locked(void (*visit)(hew_note *note, void *context), void *context);

#endif
