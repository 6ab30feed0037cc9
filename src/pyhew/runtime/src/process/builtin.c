/* The type table of a run: the runtime's own types, then the program's. */
#include <stdlib.h>
#include <string.h>

#include "hew/builtin.h"
#include "hew/io.h"
#include "hew/sched.h"

typedef hew_block *(*duplicator)(hew_actor *self, hew_block *block);

static hew_type handle(const char *name, void (*close)(hew_actor *self, hew_block *block), duplicator duplicate) {
    return (hew_type){.name = name, .kind = HEW_KIND_HANDLE, .close = close, .extra = (void (*)(void))duplicate};
}

static void message_close(hew_actor *self, hew_block *block) {
    hew__message_drop(self, (hew_message *)(void *)block, HEW_ASK_CANCELLED);
}

static const hew_slot string_slot = {.offset = 0};

bool hew__types_start(const hew_program *program) {
    hew_type *types = calloc(HEW_TYPE_FIRST_USER + program->type_count, sizeof *types);
    if (!types) return false;
    for (int i = 0; i < HEW_TYPE_FIRST_USER; i++) types[i].name = "nothing";
    types[HEW_TYPE_STRING] = (hew_type){.name = "string", .kind = HEW_KIND_STRING};
    types[HEW_TYPE_FRAME] = (hew_type){.name = "suspended call", .kind = HEW_KIND_FRAME};
    types[HEW_TYPE_REPLY] = handle("reply cell", hew__reply_close, NULL);
    types[HEW_TYPE_TIMER] = handle("timer", hew__timer_block_close, NULL);
    types[HEW_TYPE_SENDER] = handle("Sender", hew__sender_close, hew__sender_duplicate);
    types[HEW_TYPE_RECEIVER] = handle("Receiver", hew__receiver_close, NULL);
    types[HEW_TYPE_WEAK] = (hew_type){.name = "Weak", .kind = HEW_KIND_WEAK};
    types[HEW_TYPE_MESSAGE] = (hew_type){.name = "message", .kind = HEW_KIND_MESSAGE, .close = message_close};
    types[HEW_TYPE_LAMBDA] = handle("lambda actor handle", hew__lambda_close, hew__lambda_duplicate);
    types[HEW_TYPE_MONITOR] = handle("MonitorRef", hew__monitor_close, NULL);
    types[HEW_TYPE_SCOPE] = handle("scope", hew__scope_close, NULL);
    types[HEW_TYPE_SOCKET] = handle("Connection", hew__socket_close, NULL);
    types[HEW_TYPE_LISTENER] = handle("Listener", hew__socket_close, NULL);
    types[HEW_TYPE_BYTES] = (hew_type){.name = "bytes", .kind = HEW_KIND_VEC, .element_size = 1};
    types[HEW_TYPE_STRINGS] = (hew_type){.name = "Vec<string>", .kind = HEW_KIND_VEC, .element_size = 8, .slot_count = 1, .slots = &string_slot};
    if (program->type_count) memcpy(types + HEW_TYPE_FIRST_USER, program->types, program->type_count * sizeof *types);
    hew__types = types;
    return true;
}

void hew__types_finish(void) {
    free((void *)(uintptr_t)hew__types);
    hew__types = NULL;
}
