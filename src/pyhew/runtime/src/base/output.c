/* Standard output and error: one locked buffer, whole pieces only.
 *
 * On a terminal a newline sends the buffer, else a full buffer does, or that nothing is left to run: whoever reads a
 * server's output sees what it said before it waits. Anything for stderr first sends what stands in the buffer, so that the
 * two keep their order. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hew/sched.h"

enum { BUFFER_SIZE = 64 << 10 };

typedef struct output {
    hew_lock lock;
    size_t length;
    bool is_terminal;
    char bytes[BUFFER_SIZE];
} output;

static output *out;

void hew__output_start(void) {
    static output buffer;
    out = &buffer;
    hew__lock_init(&out->lock);
    out->length = 0;
    out->is_terminal = isatty(1);
}

static void flush(void) {
    hew__write(1, out->bytes, out->length);
    out->length = 0;
}

void hew__output_finish(void) {
    hew__lock(&out->lock);
    flush();
    hew__unlock(&out->lock);
    hew__lock_deinit(&out->lock);
    out = NULL;
}

void hew__output_pause(void) {
    hew__lock(&out->lock);
    if (out->length) flush();
    hew__unlock(&out->lock);
}

void hew__output_rescue(void) {
    if (!out) return;
    hew__write(1, out->bytes, out->length);
    out->length = 0;
}

static void put(const char *bytes, size_t length) {
    if (length > BUFFER_SIZE - out->length) flush();
    if (length > BUFFER_SIZE) {
        hew__write(1, bytes, length);
        return;
    }
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
}

void hew_print(hew_actor *self, hew_block *string, int32_t newline, int32_t to_stderr) {
    (void)self;
    const hew_string *text = (const hew_string *)(const void *)string;
    const char *bytes = text ? text->bytes : "";
    size_t length = text ? (size_t)text->length : 0;
    hew__lock(&out->lock);
    if (to_stderr) {
        flush();
        hew__write(2, bytes, length);
        if (newline) hew__write(2, "\n", 1);
    } else {
        put(bytes, length);
        if (newline) put("\n", 1);
        if (out->is_terminal) flush();
    }
    hew__unlock(&out->lock);
}

void hew__error_line(const char *format, ...) {
    char fixed[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(fixed, sizeof fixed - 1, format, arguments);
    va_end(arguments);
    if (length < 0) return;
    char *text = fixed;
    if ((size_t)length >= sizeof fixed - 1 && (text = malloc((size_t)length + 2)) != NULL) {
        va_start(arguments, format);
        vsnprintf(text, (size_t)length + 1, format, arguments);
        va_end(arguments);
    } else if (!text) {
        text = fixed;
        length = (int)sizeof fixed - 2;
    }
    text[length] = '\n';
    hew__lock(&out->lock);
    flush();
    hew__write(2, text, (size_t)length + 1);
    hew__unlock(&out->lock);
    if (text != fixed) free(text);
}
