/* Strings: immutable UTF-8 blocks with a trailing NUL that `length` does not count. */
#include <stdlib.h>
#include <string.h>

#include "hew/data.h"
#include "hew/sched.h"

const char *hew__bytes(const hew_block *string) { return string ? ((const hew_string *)(const void *)string)->data : ""; }

int64_t hew_string_length(hew_block *string) { return string ? ((hew_string *)(void *)string)->length : 0; }

/* Room for `length` bytes and the NUL; null without memory. */
static hew_string *string_alloc(hew_actor *self, int64_t length) {
    hew_block *block = hew__block_alloc(self, HEW_TYPE_STRING, sizeof(hew_string) - sizeof(hew_block) + (size_t)length + 1);
    if (!block) return NULL;
    hew_string *text = (hew_string *)(void *)block;
    text->length = length;
    text->data = text->bytes;
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

hew_block *hew_string_concat(hew_actor *self, hew_block *left, hew_block *right) {
    int64_t left_length = hew_string_length(left);
    int64_t right_length = hew_string_length(right);
    hew_string *text = hew__string_new(self, left_length + right_length);
    if (!text) return NULL;
    memcpy(text->bytes, hew__bytes(left), (size_t)left_length);
    memcpy(text->bytes + left_length, hew__bytes(right), (size_t)right_length);
    return &text->block;
}

/* Room is what the allocator gave beyond the request, so a string grown piece by piece asks for
 * twice what it needs and stays in place most of the time. */
hew_block *hew_string_append(hew_actor *self, hew_block *left, hew_block *right) {
    int64_t left_length = hew_string_length(left);
    int64_t right_length = hew_string_length(right);
    if (right_length == 0) return left;
    int64_t length = left_length + right_length;
    bool is_ours = left && left->count == 1 && !hew__is_static(left);
    if (is_ours && hew__usable_size(left) > sizeof(hew_string) + (size_t)length) {
        hew_string *text = (hew_string *)(void *)left;
        memmove(text->bytes + left_length, hew__bytes(right), (size_t)right_length);
        text->bytes[length] = '\0';
        text->length = length;
        return left;
    }
    hew_string *text = hew__string_new(self, is_ours ? 2 * length : length);
    memcpy(text->bytes, hew__bytes(left), (size_t)left_length);
    memcpy(text->bytes + left_length, hew__bytes(right), (size_t)right_length);
    text->bytes[length] = '\0';
    text->length = length;
    hew_release(self, left);
    return &text->block;
}

int32_t hew_string_equal(hew_block *left, hew_block *right) {
    int64_t length = hew_string_length(left);
    if (left == right) return 1;
    return length == hew_string_length(right) && memcmp(hew__bytes(left), hew__bytes(right), (size_t)length) == 0;
}

int32_t hew_string_compare(hew_block *left, hew_block *right) {
    int64_t left_length = hew_string_length(left);
    int64_t right_length = hew_string_length(right);
    int order = memcmp(hew__bytes(left), hew__bytes(right), (size_t)(left_length < right_length ? left_length : right_length));
    if (order != 0) return order < 0 ? -1 : 1;
    return (left_length > right_length) - (left_length < right_length);
}

hew_block *hew_string_slice(hew_actor *self, hew_block *string, int64_t start, int64_t end) {
    if (start == 0 && end == hew_string_length(string)) {
        hew_retain(string);
        return string;
    }
    return hew_string_from_bytes(self, hew__bytes(string) + start, end - start);
}

int64_t hew_string_find(hew_block *string, hew_block *needle, int64_t start) {
    int64_t length = hew_string_length(string);
    int64_t needle_length = hew_string_length(needle);
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
    int64_t needle_length = hew_string_length(needle);
    for (int64_t at = hew_string_length(string) - needle_length; at >= 0; at--) {
        if (memcmp(hew__bytes(string) + at, hew__bytes(needle), (size_t)needle_length) == 0) return at;
    }
    return -1;
}

int32_t hew_string_starts_with(hew_block *string, hew_block *prefix) {
    int64_t length = hew_string_length(prefix);
    return length <= hew_string_length(string) && memcmp(hew__bytes(string), hew__bytes(prefix), (size_t)length) == 0;
}

int32_t hew_string_ends_with(hew_block *string, hew_block *suffix) {
    int64_t length = hew_string_length(suffix);
    int64_t start = hew_string_length(string) - length;
    return start >= 0 && memcmp(hew__bytes(string) + start, hew__bytes(suffix), (size_t)length) == 0;
}

int32_t hew_string_byte(hew_block *string, int64_t index) {
    if (index < 0 || index >= hew_string_length(string)) return -1;
    return (unsigned char)hew__bytes(string)[index];
}

hew_block *hew_string_repeat(hew_actor *self, hew_block *string, int64_t times) {
    int64_t length = hew_string_length(string);
    int64_t total = 0;
    if (times <= 0) return NULL;
    if (__builtin_mul_overflow(length, times, &total)) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    hew_string *text = hew__string_new(self, total);
    if (!text) return NULL;
    for (int64_t i = 0; i < times; i++) memcpy(text->bytes + i * length, hew__bytes(string), (size_t)length);
    return &text->block;
}
