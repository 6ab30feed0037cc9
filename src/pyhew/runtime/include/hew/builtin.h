/* The types of the runtime's own handles: how each is closed and given to another owner. */
#ifndef HEW_BUILTIN_H
#define HEW_BUILTIN_H

#include "hew/timer.h"

bool hew__types_start(const hew_program *program);
void hew__types_finish(void);

void hew__sender_close(hew_actor *self, hew_block *block);
hew_block *hew__sender_duplicate(hew_actor *self, hew_block *block);

/* Where a channel's strings go when it has no receiver; `write` leaves a status. */
typedef struct hew_outlet {
    void (*write)(hew_actor *self, int file, hew_block *text);
    void (*close)(int file);
    int file;
} hew_outlet;
/* The one sender of a channel into a file, which closes it with its last end. */
hew_block *hew__channel_into(hew_actor *self, const hew_outlet *outlet);
void hew__receiver_close(hew_actor *self, hew_block *block);
void hew__lambda_close(hew_actor *self, hew_block *block);
hew_block *hew__lambda_duplicate(hew_actor *self, hew_block *block);
void hew__monitor_close(hew_actor *self, hew_block *block);
void hew__scope_close(hew_actor *self, hew_block *block);

/* A handle block with its payload zeroed, linked nowhere; null without memory. */
hew_block *hew__handle_alloc(hew_actor *self, uint32_t type_id, size_t size);

#endif
