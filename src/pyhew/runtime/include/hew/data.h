/* Strings and Vecs, for the runtime's own C. */
#ifndef HEW_DATA_H
#define HEW_DATA_H

#include "hew/mem.h"

/* The bytes of a borrowed string; "" for null. */
static inline const char *hew__bytes(const hew_block *string) {
    return string ? ((const hew_string *)(const void *)string)->bytes : "";
}
static inline int64_t hew__length(const hew_block *string) { return string ? ((const hew_string *)(const void *)string)->length : 0; }
/* An uninitialised string of that length, null for 0; traps without memory. */
hew_string *hew__string_new(hew_actor *self, int64_t length);
/* A string with room for `length` bytes that begins with those of `left`, which it takes. */
hew_string *hew__string_extend(hew_actor *self, hew_block *left, int64_t length);
/* Takes `left`; a string with `count` more bytes, which the caller writes; `count` is above 0. */
static inline hew_string *hew__string_room(hew_actor *self, hew_block *left, int64_t count) {
    int64_t length = hew__length(left) + count;
    hew_string *text = (hew_string *)(void *)left;
    bool fits = left && left->count == 1 && !hew__is_static(left) && text->capacity >= length;
    if (!fits) text = hew__string_extend(self, left, length);
    text->bytes[length] = '\0';
    text->length = length;
    return text;
}
/* A copy of the bytes; null when there are none, and without memory. */
hew_block *hew__string_try(hew_actor *self, const char *bytes, int64_t length);
/* The same of text in the heap of C, which is freed whatever happens; traps without memory. */
hew_block *hew__string_take(hew_actor *self, char *text);
/* An empty Vec; null without memory. */
hew_vec *hew__vec_try(hew_actor *self, uint32_t type_id, int64_t capacity);
/* Bytes of the valid UTF-8 sequence at `bytes`, or 0. */
int hew__utf8_width(const char *bytes, int64_t left);
/* Writes one codepoint; the number of bytes. */
int hew__utf8_encode(uint32_t codepoint, char *bytes);
uint32_t hew__utf8_decode(const char *bytes, int width);
bool hew__utf8_is_valid(const char *bytes, int64_t length);

bool hew__is_space(uint32_t codepoint);

/* The capital, the small form of a letter: up to so many codepoints, and how many. */
enum { HEW_LONGEST_CASE = 3 };
int hew__upper_of(uint32_t codepoint, uint32_t *found);
int hew__lower_of(uint32_t codepoint, uint32_t *found);

#endif
