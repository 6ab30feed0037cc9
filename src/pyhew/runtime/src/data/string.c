/* Strings: immutable UTF-8 blocks with a trailing NUL that `length` does not count. */
#include <stdlib.h>
#include <string.h>

#include "hew/data.h"
#include "hew/sched.h"

int64_t hew_string_length(hew_block *string) { return hew__length(string); }

/* Room for `length` bytes and the NUL; null without memory. */
static hew_string *string_alloc(hew_actor *self, int64_t length) {
    hew_block *block = hew__block_alloc(self, HEW_TYPE_STRING, sizeof(hew_string) - sizeof(hew_block) + (size_t)length + 1);
    if (!block) return NULL;
    hew_string *text = (hew_string *)(void *)block;
    text->length = length;
    text->capacity = length;
    text->bytes[length] = '\0';
    return text;
}

hew_string *hew__string_new(hew_actor *self, int64_t length) {
    if (length == 0) return NULL;
    hew_string *text = string_alloc(self, length);
    if (!text) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    return text;
}

hew_block *hew__string_try(hew_actor *self, const char *bytes, int64_t length) {
    hew_string *text = length > 0 ? string_alloc(self, length) : NULL;
    if (!text) return NULL;
    memcpy(text->bytes, bytes, (size_t)length);
    return &text->block;
}

hew_block *hew__string_take(hew_actor *self, char *text) {
    int64_t length = (int64_t)strlen(text);
    hew_block *string = hew__string_try(self, text, length);
    free(text);
    if (!string && length > 0) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    return string;
}

hew_block *hew_string_from_bytes(hew_actor *self, const char *bytes, int64_t length) {
    hew_string *text = hew__string_new(self, length);
    if (!text) return NULL;
    memcpy(text->bytes, bytes, (size_t)length);
    return &text->block;
}

const char *hew_string_to_c(hew_block *string) { return hew__bytes(string); }

const char *hew_string_left_to_c(hew_actor *self, hew_block *string) {
    size_t size = (size_t)hew__length(string) + 1;
    char *copy = malloc(size);
    if (!copy) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    return memcpy(copy, hew__bytes(string), size);
}

/* UTF-8 of any bytes: what is none becomes U+FFFD. Its length; written to `to` unless that is null. */
static int64_t repaired(const char *text, int64_t length, char *to) {
    int64_t made = 0;
    for (int64_t at = 0; at < length;) {
        int width = hew__utf8_width(text + at, length - at);
        const char *from = width ? text + at : "\xEF\xBF\xBD";
        int count = width ? width : 3;
        if (to) memcpy(to + made, from, (size_t)count);
        made += count;
        at += width ? width : 1;
    }
    return made;
}

hew_block *hew_string_from_c(hew_actor *self, const char *text) {
    int64_t length = text ? (int64_t)strlen(text) : 0;
    hew_string *made = hew__string_new(self, repaired(text, length, NULL));
    if (!made) return NULL;
    repaired(text, length, made->bytes);
    return &made->block;
}

hew_block *hew_string_concat(hew_actor *self, hew_block *left, hew_block *right) {
    int64_t left_length = hew__length(left);
    int64_t right_length = hew__length(right);
    hew_string *text = hew__string_new(self, left_length + right_length);
    if (!text) return NULL;
    memcpy(text->bytes, hew__bytes(left), (size_t)left_length);
    memcpy(text->bytes + left_length, hew__bytes(right), (size_t)right_length);
    return &text->block;
}

/* Up to 16 bytes without a call; the two halves may overlap. */
static inline void copy_piece(char *to, const char *from, size_t length) {
    if (length > 16) {
        memcpy(to, from, length);
    } else if (length >= 8) {
        uint64_t first, last;
        memcpy(&first, from, 8);
        memcpy(&last, from + length - 8, 8);
        memcpy(to, &first, 8);
        memcpy(to + length - 8, &last, 8);
    } else if (length >= 4) {
        uint32_t first, last;
        memcpy(&first, from, 4);
        memcpy(&last, from + length - 4, 4);
        memcpy(to, &first, 4);
        memcpy(to + length - 4, &last, 4);
    } else {
        for (size_t i = 0; i < length; i++) to[i] = from[i];
    }
}

/* What has one owner gets twice the room it needs now, so that a string grown piece by piece moves rarely. */
hew_string *hew__string_extend(hew_actor *self, hew_block *left, int64_t length) {
    enum { HEAD = sizeof(hew_string) - sizeof(hew_block) };
    bool is_ours = left && left->count == 1 && !hew__is_static(left);
    int64_t capacity = is_ours ? 2 * length : length;
    hew_string *text = is_ours ? (hew_string *)(void *)hew__block_grow(self, left, HEAD + (size_t)capacity + 1) : NULL;
    if (!text) {
        text = hew__string_new(self, capacity);
        memcpy(text->bytes, hew__bytes(left), (size_t)hew__length(left));
        hew_release(self, left);
    }
    text->capacity = capacity;
    return text;
}

hew_block *hew_string_append(hew_actor *self, hew_block *left, hew_block *right) {
    int64_t count = hew__length(right);
    if (count == 0) return left;
    hew_string *text = hew__string_room(self, left, count);
    copy_piece(text->bytes + text->length - count, hew__bytes(right), (size_t)count);
    return &text->block;
}

int32_t hew_string_equal(hew_block *left, hew_block *right) {
    int64_t length = hew__length(left);
    if (left == right) return 1;
    return length == hew__length(right) && memcmp(hew__bytes(left), hew__bytes(right), (size_t)length) == 0;
}

int32_t hew_string_compare(hew_block *left, hew_block *right) {
    int64_t left_length = hew__length(left);
    int64_t right_length = hew__length(right);
    int order = memcmp(hew__bytes(left), hew__bytes(right), (size_t)(left_length < right_length ? left_length : right_length));
    if (order != 0) return order < 0 ? -1 : 1;
    return (left_length > right_length) - (left_length < right_length);
}

hew_block *hew_string_slice(hew_actor *self, hew_block *string, int64_t start, int64_t end) {
    if (start == 0 && end == hew__length(string)) {
        hew_retain(string);
        return string;
    }
    return hew_string_from_bytes(self, hew__bytes(string) + start, end - start);
}

int64_t hew_string_find(hew_block *string, hew_block *needle, int64_t start) {
    int64_t length = hew__length(string);
    int64_t needle_length = hew__length(needle);
    if (start < 0 || start > length) return -1;
    const char *bytes = hew__bytes(string);
    const char *wanted = hew__bytes(needle);
    const char *end = bytes + length - needle_length;
    if (needle_length == 0) return start;
    for (const char *at = bytes + start; at <= end; at++) {
        at = memchr(at, wanted[0], (size_t)(end - at) + 1);
        if (!at) return -1;
        if (memcmp(at, wanted, (size_t)needle_length) == 0) return at - bytes;
    }
    return -1;
}

int64_t hew_string_rfind(hew_block *string, hew_block *needle) {
    int64_t needle_length = hew__length(needle);
    for (int64_t at = hew__length(string) - needle_length; at >= 0; at--) {
        if (memcmp(hew__bytes(string) + at, hew__bytes(needle), (size_t)needle_length) == 0) return at;
    }
    return -1;
}

int32_t hew_string_starts_with(hew_block *string, hew_block *prefix) {
    int64_t length = hew__length(prefix);
    return length <= hew__length(string) && memcmp(hew__bytes(string), hew__bytes(prefix), (size_t)length) == 0;
}

int32_t hew_string_ends_with(hew_block *string, hew_block *suffix) {
    int64_t length = hew__length(suffix);
    int64_t start = hew__length(string) - length;
    return start >= 0 && memcmp(hew__bytes(string) + start, hew__bytes(suffix), (size_t)length) == 0;
}

int32_t hew_string_byte(hew_block *string, int64_t index) {
    if (index < 0 || index >= hew__length(string)) return -1;
    return (unsigned char)hew__bytes(string)[index];
}

hew_block *hew_string_repeat(hew_actor *self, hew_block *string, int64_t times) {
    int64_t length = hew__length(string);
    int64_t total = 0;
    if (times <= 0) return NULL;
    if (__builtin_mul_overflow(length, times, &total)) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    hew_string *text = hew__string_new(self, total);
    if (!text) return NULL;
    for (int64_t i = 0; i < times; i++) memcpy(text->bytes + i * length, hew__bytes(string), (size_t)length);
    return &text->block;
}
