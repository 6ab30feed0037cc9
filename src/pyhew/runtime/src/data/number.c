/* Numbers to text and back, and hashes. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hew/data.h"
#include "hew/sched.h"

static hew_block *text_of(hew_actor *self, const char *text, int length) { return hew_string_from_bytes(self, text, length); }

enum { MOST_DIGITS = 24 };

/* Two digits at a time, because a division waits for the one before it. */
static int decimal(uint64_t number, bool is_negative, char *end) {
    static const char pairs[201] =
        "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
        "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    char *at = end;
    for (; number >= 10; number /= 100) {
        at -= 2;
        memcpy(at, pairs + 2 * (number % 100), 2);
    }
    if (number > 0 || at == end) *--at = (char)('0' + number);
    if (is_negative) *--at = '-';
    return (int)(end - at);
}

hew_block *hew_string_from_i64(hew_actor *self, int64_t number) {
    char text[MOST_DIGITS];
    char *end = text + sizeof text;
    int length = decimal(number < 0 ? 0 - (uint64_t)number : (uint64_t)number, number < 0, end);
    return text_of(self, end - length, length);
}

static int digits_of(uint64_t number) {
    for (int count = 1;; count += 4, number /= 10000) {
        if (number < 10) return count;
        if (number < 100) return count + 1;
        if (number < 1000) return count + 2;
        if (number < 10000) return count + 3;
    }
}

/* The digits are written where they stay: bytes written two by two and read again at once, eight by eight, would wait. */
static hew_block *append_decimal(hew_actor *self, hew_block *left, uint64_t number, bool is_negative) {
    hew_string *text = hew__string_room(self, left, digits_of(number) + is_negative);
    decimal(number, is_negative, text->bytes + text->length);
    return &text->block;
}

hew_block *hew_string_append_i64(hew_actor *self, hew_block *left, int64_t number) {
    return append_decimal(self, left, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, number < 0);
}

hew_block *hew_string_append_u64(hew_actor *self, hew_block *left, uint64_t number) { return append_decimal(self, left, number, false); }

hew_block *hew_string_from_u64(hew_actor *self, uint64_t number) {
    char text[MOST_DIGITS];
    char *end = text + sizeof text;
    int length = decimal(number, false, end);
    return text_of(self, end - length, length);
}

/* libc writes the sign of a NaN; the language has one NaN. */
static const char *nan_text(double number) { return number != number ? "nan" : NULL; }

hew_block *hew_string_from_f64(hew_actor *self, double number) {
    char text[40];
    const char *nan = nan_text(number);
    int length = nan ? snprintf(text, sizeof text, "%s", nan) : snprintf(text, sizeof text, "%g", number);
    return text_of(self, text, length);
}

hew_block *hew_string_from_f64_exact(hew_actor *self, double number) {
    char text[40];
    const char *nan = nan_text(number);
    if (nan) return text_of(self, nan, 3);
    int length = 0;
    for (int digits = 15; digits <= 17; digits++) {
        length = snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number) break;
    }
    return text_of(self, text, length);
}

hew_block *hew_string_from_f64_fixed(hew_actor *self, double number, int32_t digits) {
    char text[512];
    if (digits < 0) digits = 0;
    if (digits > 100) digits = 100;
    const char *nan = nan_text(number);
    int length = nan ? snprintf(text, sizeof text, "%s", nan) : snprintf(text, sizeof text, "%.*f", (int)digits, number);
    return text_of(self, text, length);
}

hew_block *hew_string_from_bool(hew_actor *self, int32_t truth) { return truth ? text_of(self, "true", 4) : text_of(self, "false", 5); }

hew_block *hew_string_from_char(hew_actor *self, uint32_t codepoint) {
    char text[4];
    return text_of(self, text, hew__utf8_encode(codepoint, text));
}

hew_block *hew_string_from_duration(hew_actor *self, int64_t nanoseconds) {
    char text[32];
    return text_of(self, text, snprintf(text, sizeof text, "%" PRId64 "ns", nanoseconds));
}

/* --- parsing: all of the text or nothing --- */

static int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'z') return (c | 32) - 'a' + 10;
    return 99;
}

static bool parse_digits(const char *text, int64_t length, int32_t radix, uint64_t *number) {
    *number = 0;
    if (length == 0 || radix < 2 || radix > 36) return false;
    for (int64_t i = 0; i < length; i++) {
        int digit = digit_value(text[i]);
        if (digit >= radix) return false;
        if (__builtin_mul_overflow(*number, (uint64_t)radix, number) || __builtin_add_overflow(*number, (uint64_t)digit, number)) return false;
    }
    return true;
}

uint64_t hew_parse_u64(hew_actor *self, hew_block *string, int32_t radix) {
    const char *text = hew__bytes(string);
    int64_t length = hew_string_length(string);
    int64_t sign = length > 0 && text[0] == '+';
    uint64_t number = 0;
    bool is_number = parse_digits(text + sign, length - sign, radix, &number);
    self->status = is_number ? HEW_IO_OK : HEW_IO_INVALID;
    return is_number ? number : 0;
}

int64_t hew_parse_i64(hew_actor *self, hew_block *string, int32_t radix) {
    const char *text = hew__bytes(string);
    int64_t length = hew_string_length(string);
    bool is_negative = length > 0 && text[0] == '-';
    int64_t sign = length > 0 && (is_negative || text[0] == '+');
    uint64_t number = 0;
    bool is_number = parse_digits(text + sign, length - sign, radix, &number) && number <= (uint64_t)INT64_MAX + is_negative;
    self->status = is_number ? HEW_IO_OK : HEW_IO_INVALID;
    if (!is_number) return 0;
    return is_negative ? (int64_t)(0 - number) : (int64_t)number;
}

double hew_parse_f64(hew_actor *self, hew_block *string) {
    const char *text = hew__bytes(string);
    int64_t length = hew_string_length(string);
    char *end = NULL;
    bool begins = length > 0 && (text[0] == '-' || text[0] == '+' || text[0] == '.' || digit_value(text[0]) < 10 || strchr("iInN", text[0]));
    bool is_hex = length > 1 && strpbrk(text, "xX") != NULL;
    double number = begins && !is_hex ? strtod(text, &end) : 0;
    bool is_number = end && end == text + length;
    self->status = is_number ? HEW_IO_OK : HEW_IO_INVALID;
    return is_number ? number : 0;
}

/* --- hashing: keyed multiply and mix; the key is random unless HEW_SEED fixes it --- */

static uint64_t mix(uint64_t a, uint64_t b) {
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static const uint64_t ODD_1 = 0x9E3779B97F4A7C15u;
static const uint64_t ODD_2 = 0xE7037ED1A0B428DBu;

uint64_t hew_hash_i64(int64_t number) { return mix((uint64_t)number ^ hew__rt.hash_key ^ ODD_2, ODD_1); }

uint64_t hew_hash_combine(uint64_t hash, uint64_t next) { return mix(hash ^ ODD_2, next ^ hew__rt.hash_key ^ ODD_1); }

uint64_t hew_string_hash(hew_block *string) {
    const char *bytes = hew__bytes(string);
    int64_t length = hew_string_length(string);
    uint64_t hash = hew__rt.hash_key ^ (uint64_t)length;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        hash = mix(hash ^ word, ODD_1);
    }
    uint64_t rest = 0;
    memcpy(&rest, bytes, (size_t)length);
    return mix(hash ^ rest, ODD_2);
}
