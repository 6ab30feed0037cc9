/* One string of 5,000,000 numbered pieces. */
#include <stdlib.h>
#include <string.h>

#include "../clock.h"

typedef struct text {
    char *bytes;
    size_t length;
    size_t capacity;
} text;

static void append(text *t, const char *bytes, size_t length) {
    if (t->length + length > t->capacity) {
        while (t->length + length > t->capacity) t->capacity = t->capacity ? 2 * t->capacity : 64;
        t->bytes = realloc(t->bytes, t->capacity);
        if (!t->bytes) abort();
    }
    memcpy(t->bytes + t->length, bytes, length);
    t->length += length;
}

static void append_number(text *t, int64_t number) {
    char digits[24];
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    append(t, digits + at, sizeof digits - at);
}

int main(void) {
    int64_t n = 5000000;
    int64_t start = now();
    text made = {0};
    for (int64_t i = 0; i < n; i++) {
        append(&made, "item ", 5);
        append_number(&made, i);
        append(&made, ",", 1);
    }
    int64_t spent = now() - start;
    printf("check %zu\n", made.length);
    report(n, spent);
    return 0;
}
