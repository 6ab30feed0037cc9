/* Structs that generated code and the runtime share.
 *
 * A handle is a pointer to a block, null for the empty or zero value. A block
 * belongs to one owner: the actor, message or reply cell whose list it is in. Counts are
 * not atomic, because only the owner's worker touches them. */
#ifndef HEW_TYPES_H
#define HEW_TYPES_H

#include <stdint.h>

typedef struct hew_actor hew_actor;
typedef struct hew_block hew_block;
typedef struct hew_message hew_message;
typedef struct hew_reply hew_reply;

/* Header of every counted block. `prev` and `next` link it into its owner's list,
 * newest first. `type_flags`: type id in the low 24 bits, HEW_FLAG_* above. */
struct hew_block {
    hew_block *prev;
    hew_block *next;
    uint32_t count;
    uint32_t type_flags;
};

/* A circular list of blocks; its first two words are those of a block, so a block
 * is unlinked without knowing its list. Empty: both point at the list itself. */
typedef struct hew_block_list {
    hew_block *prev;
    hew_block *next;
} hew_block_list;

/* `bytes` ends in a NUL that `length` does not count; there is room for `capacity` of them and the NUL, 0 says nothing. */
typedef struct hew_string {
    hew_block block;
    int64_t length;
    int64_t capacity;
    char bytes[];
} hew_string;

typedef struct hew_vec {
    hew_block block;
    int64_t length;
    int64_t capacity;
    char elements[];
} hew_vec;

/* Closures and `dyn` values. */
typedef struct hew_object {
    hew_block block;
    const void *const *table;
    char captures[];
} hew_object;

/* A suspended function or generator. `resume` gives HEW_FRAME_*; `drop` releases what the
 * frame holds, not the frame. Every release of a frame ends in `drop`, also after DONE: the
 * frame's own state word says that nothing is left. */
typedef struct hew_frame {
    hew_block block;
    int32_t (*resume)(hew_actor *self, hew_block *frame);
    void (*drop)(hew_actor *self, hew_block *frame);
    char data[];
} hew_frame;

/* `weak` is the one block that all weak handles of this cell share, or null. */
typedef struct hew_rc {
    hew_block block;
    hew_block *weak;
    char element[];
} hew_rc;

/* A slot is live only if the tag at `tag_offset` is one of `values`. */
typedef struct hew_guard {
    uint32_t tag_offset;
    uint32_t value_count;
    const uint32_t *values;
} hew_guard;

/* One owned handle inside an element; every guard must hold. `name` is the path of fields to it, for reports, or null. */
typedef struct hew_slot {
    uint32_t offset;
    uint32_t guard_count;
    const hew_guard *guards;
    const char *name;
} hew_slot;

/* What one type id means. Offsets are relative to the element: VEC each element, BOX
 * and RESOURCE the payload, OBJECT the captures, RC the element. `element_size` is the
 * size of one such element. RESOURCE: `close` runs the user's close on a borrowed
 * block. HANDLE: `close` releases what the block names, `extra` is a
 * `hew_block *(*)(hew_actor *, hew_block *)` that makes a second handle, linked nowhere, or null. */
typedef struct hew_type {
    const char *name;
    uint32_t kind;
    uint32_t element_size;
    uint32_t slot_count;
    uint32_t flags;
    const hew_slot *slots;
    void (*close)(hew_actor *self, hew_block *block);
    void (*extra)(void);
} hew_type;

/* A message under construction is a block of its actor; in a mailbox `block.next` links
 * the queue. `blocks` holds what the payload owns. `reply` is the replier's reference
 * to the asker's cell, or null for a tell. The payload follows: one word of it, the common case, fills a cache line. */
struct hew_message {
    hew_block block;
    hew_block_list blocks;
    hew_reply *reply;
    uint32_t handler;
    uint32_t generation;
};

typedef struct hew_handler {
    const char *name;
} hew_handler;

/* `#[every]`: a message for `handler`, without payload, each `nanoseconds`. */
typedef struct hew_periodic {
    uint32_t handler;
    int64_t nanoseconds;
} hew_periodic;

/* `keys`, by handler index, read the coalescing key out of a payload; null for handlers without
 * the field. `fallback` is a HEW_MAILBOX_* for a full mailbox without a match. */
typedef struct hew_mailbox_spec {
    uint32_t capacity;
    uint32_t policy;
    uint64_t (*const *keys)(hew_actor *self, const void *payload);
    uint32_t fallback;
} hew_mailbox_spec;

/* A monitored or linked actor has ended. `monitor` is 0 for a link; `reason` is
 * HEW_DOWN_*, `code` the trap code of a crash. */
typedef struct hew_down {
    uint64_t pid;
    uint64_t monitor;
    int32_t reason;
    int32_t code;
} hew_down;

/* One actor type. `dispatch` runs handler `index`; the message's values are already
 * this actor's. It returns null when the handler ended, else the frame it waits in. Handler 0
 * is `init`. `drop_state` releases the state's values at a normal end. `on_stop` runs before
 * that and must not suspend. `on_crash` borrows `message` and gives a CrashAction index. `on_down` hears of
 * monitored actors, `on_exit` of linked ones that crashed; without it a linked crash ends this actor too. `max_heap`: bytes
 * that its blocks may take, 0 without a limit. `state_type`: id of a box of what the state is, 0 when it owns nothing. */
typedef struct hew_actor_type {
    const char *name;
    uint32_t state_size;
    uint32_t handler_count;
    hew_block *(*dispatch)(hew_actor *self, uint32_t index, hew_message *message);
    void (*drop_state)(hew_actor *self);
    void (*on_stop)(hew_actor *self);
    int32_t (*on_crash)(hew_actor *self, int32_t code, hew_block *message);
    void (*on_down)(hew_actor *self, const hew_down *down);
    const hew_periodic *periodics;
    const hew_mailbox_spec *mailbox;
    const hew_handler *handlers;
    uint32_t periodic_count;
    uint32_t flags;
    void (*on_exit)(hew_actor *self, const hew_down *down);
    uint64_t max_heap;
    uint32_t state_type;
} hew_actor_type;

typedef struct hew_supervisor_spec hew_supervisor_spec;

/* One child. An actor child runs `start` in its first activation instead of handler 0,
 * on every start: it evaluates the init expressions, deep-copying what it needs out of the
 * supervisor's `args` payload (hew_deep_copy; never retain), and gives null or a frame as
 * dispatch does. A supervisor child runs `arguments`, which builds its own args message, or
 * null. `siblings` are the pids of `wired`, in order. `shutdown`: nanoseconds, -1 infinity, 0 kill.
 * A pool has `pool_count(args)` children, or `pool_size` when that is null. */
typedef struct hew_child_spec {
    const char *name;
    const hew_actor_type *actor;
    const hew_supervisor_spec *supervisor;
    hew_block *(*start)(hew_actor *self, const void *args, const uint64_t *siblings);
    hew_message *(*arguments)(hew_actor *self, const void *args, const uint64_t *siblings);
    const uint32_t *wired;
    uint32_t wired_count;
    uint32_t restart;
    int64_t shutdown;
    uint32_t is_pool;
    uint32_t pool_size;
    int64_t (*pool_count)(hew_actor *self, const void *args);
} hew_child_spec;

struct hew_supervisor_spec {
    const char *name;
    uint32_t strategy;
    uint32_t intensity;
    int64_t window;
    uint32_t child_count;
    uint32_t flags;
    const hew_child_spec *children;
};

/* A return address of generated code and the source position it belongs to; sorted. */
typedef struct hew_site {
    const void *address;
    const char *file;
    int32_t line;
    int32_t column;
} hew_site;

/* Everything the compiler says about a program. `types[0]` has id HEW_TYPE_FIRST_USER. */
typedef struct hew_program {
    const hew_type *types;
    uint32_t type_count;
    uint32_t site_count;
    const hew_actor_type *main_actor;
    const hew_site *sites;
} hew_program;

/* The emitted C `main` calls only this; the result is the process's exit code. */
int hew_main(const hew_program *program, int argc, char **argv);

#endif
