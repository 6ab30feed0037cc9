/* UTF-8: validation, codepoints, and what kind of character a codepoint is. */
#include "hew/data.h"
#include "hew/sched.h"

int hew__utf8_width(const char *text, int64_t left) {
    const unsigned char *bytes = (const unsigned char *)text;
    unsigned char lead = bytes[0];
    if (lead < 0x80) return 1;
    int width = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || width > left) return 0;
    for (int i = 1; i < width; i++) {
        if ((bytes[i] & 0xC0) != 0x80) return 0;
    }
    bool is_overlong = (lead == 0xE0 && bytes[1] < 0xA0) || (lead == 0xF0 && bytes[1] < 0x90);
    bool is_surrogate = lead == 0xED && bytes[1] > 0x9F;
    bool is_beyond = lead == 0xF4 && bytes[1] > 0x8F;
    return is_overlong || is_surrogate || is_beyond ? 0 : width;
}

bool hew__utf8_is_valid(const char *bytes, int64_t length) {
    for (int64_t at = 0; at < length;) {
        int width = hew__utf8_width(bytes + at, length - at);
        if (width == 0) return false;
        at += width;
    }
    return true;
}

int32_t hew_utf8_is_valid(hew_block *bytes) {
    const hew_vec *vec = (const hew_vec *)(const void *)bytes;
    return !vec || hew__utf8_is_valid(vec->elements, vec->length);
}

static int lead_width(unsigned char lead) { return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

uint32_t hew__utf8_decode(const char *text, int width) {
    const unsigned char *bytes = (const unsigned char *)text;
    static const unsigned char lead_bits[5] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t codepoint = bytes[0] & lead_bits[width];
    for (int i = 1; i < width; i++) codepoint = codepoint << 6 | (bytes[i] & 0x3F);
    return codepoint;
}

int hew__utf8_encode(uint32_t codepoint, char *bytes) {
    int width = hew_codepoint_width(codepoint);
    static const unsigned char leads[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (int i = width; --i > 0; codepoint >>= 6) bytes[i] = (char)(0x80 | (codepoint & 0x3F));
    bytes[0] = (char)(leads[width] | codepoint);
    return width;
}

int32_t hew_codepoint_width(uint32_t codepoint) {
    return codepoint < 0x80 ? 1 : codepoint < 0x800 ? 2 : codepoint < 0x10000 ? 3 : 4;
}

int64_t hew_codepoint_count(hew_block *string) {
    const char *bytes = hew__bytes(string);
    int64_t count = 0;
    for (int64_t i = hew_string_length(string); i-- > 0;) count += (bytes[i] & 0xC0) != 0x80;
    return count;
}

int64_t hew_codepoint_offset(hew_block *string, int64_t index) {
    const char *bytes = hew__bytes(string);
    int64_t length = hew_string_length(string);
    int64_t at = 0;
    if (index < 0) return -1;
    for (; index > 0 && at < length; index--) at += lead_width((unsigned char)bytes[at]);
    return index == 0 ? at : -1;
}

uint32_t hew_codepoint_at(hew_block *string, int64_t offset) {
    const char *bytes = hew__bytes(string) + offset;
    return hew__utf8_decode(bytes, lead_width((unsigned char)bytes[0]));
}

/* --- classes and case: the blocks in common use, by ranges --- */

enum { LETTER = 1, DIGIT = 2, SPACE = 4, UPPER = 8, LOWER = 16, PUNCTUATION = 32 };

static bool is_between(uint32_t codepoint, uint32_t first, uint32_t last) { return codepoint >= first && codepoint <= last; }

/* Latin Extended-A and the like alternate upper and lower; these are where upper is odd. */
static bool is_odd_upper(uint32_t c) { return is_between(c, 0x139, 0x148) || is_between(c, 0x179, 0x17E); }
static bool is_alternating(uint32_t c) {
    return (is_between(c, 0x100, 0x17E) && c != 0x130 && c != 0x131 && c != 0x138 && c != 0x149 && c != 0x178) || is_between(c, 0x1E00, 0x1E95) ||
           is_between(c, 0x460, 0x481) || is_between(c, 0x48A, 0x4BF) || is_between(c, 0x4D0, 0x52F);
}

uint32_t hew_char_to_upper(uint32_t c) {
    if (is_between(c, 'a', 'z')) return c - 32;
    if (c < 0x80) return c;
    if (c == 0xB5) return 0x39C;
    if (c == 0xFF) return 0x178;
    if (is_between(c, 0xE0, 0xFE) && c != 0xF7) return c - 32;
    if (is_alternating(c)) return is_odd_upper(c) ? c - !(c & 1) : c & ~(uint32_t)1;
    if (c == 0x3C2) return 0x3A3;
    if (is_between(c, 0x3B1, 0x3C9)) return c - 32;
    if (is_between(c, 0x430, 0x44F)) return c - 32;
    if (is_between(c, 0x450, 0x45F)) return c - 80;
    if (is_between(c, 0x561, 0x586)) return c - 48;
    return c;
}

uint32_t hew_char_to_lower(uint32_t c) {
    if (is_between(c, 'A', 'Z')) return c + 32;
    if (c < 0x80) return c;
    if (c == 0x178) return 0xFF;
    if (is_between(c, 0xC0, 0xDE) && c != 0xD7) return c + 32;
    if (is_alternating(c)) return is_odd_upper(c) ? c + (c & 1) : c | 1;
    if (is_between(c, 0x391, 0x3A9) && c != 0x3A2) return c + 32;
    if (is_between(c, 0x410, 0x42F)) return c + 32;
    if (is_between(c, 0x400, 0x40F)) return c + 80;
    if (is_between(c, 0x531, 0x556)) return c + 48;
    return c;
}

static bool is_space(uint32_t c) {
    return c == ' ' || is_between(c, 9, 13) || c == 0x85 || c == 0xA0 || c == 0x1680 || is_between(c, 0x2000, 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static bool is_letter(uint32_t c) {
    if (is_between(c | 32, 'a', 'z')) return true;
    if (c < 0xAA) return false;
    if (c == 0xAA || c == 0xB5 || c == 0xBA) return true;
    if (is_between(c, 0xC0, 0x2C1)) return c != 0xD7 && c != 0xF7;
    return is_between(c, 0x370, 0x373) || is_between(c, 0x376, 0x37D) || c == 0x37F || c == 0x386 || is_between(c, 0x388, 0x481) ||
           is_between(c, 0x48A, 0x556) || is_between(c, 0x560, 0x588) || is_between(c, 0x5D0, 0x5EA) || is_between(c, 0x620, 0x64A) ||
           is_between(c, 0x671, 0x6D3) || is_between(c, 0x904, 0x939) || is_between(c, 0xE01, 0xE30) || is_between(c, 0x10A0, 0x10FF) ||
           is_between(c, 0x1100, 0x11FF) || is_between(c, 0x1E00, 0x1FFC) || is_between(c, 0x3041, 0x3096) || is_between(c, 0x30A1, 0x30FA) ||
           is_between(c, 0x3400, 0x4DBF) || is_between(c, 0x4E00, 0x9FFF) || is_between(c, 0xAC00, 0xD7A3) || is_between(c, 0x20000, 0x2FA1D);
}

int32_t hew_char_class(uint32_t c) {
    int32_t class = 0;
    if (is_letter(c)) class |= LETTER;
    if (is_between(c, '0', '9')) class |= DIGIT;
    if (is_space(c)) class |= SPACE;
    if (hew_char_to_lower(c) != c) class |= UPPER;
    if (hew_char_to_upper(c) != c) class |= LOWER;
    if (hew__is_punctuation(c)) class |= PUNCTUATION;
    return class;
}

/* --- whole strings --- */

static hew_block *map_string(hew_actor *self, hew_block *string, uint32_t (*map)(uint32_t codepoint)) {
    const char *bytes = hew__bytes(string);
    int64_t length = hew_string_length(string);
    int64_t total = 0;
    for (int64_t at = 0; at < length; at += lead_width((unsigned char)bytes[at])) total += hew_codepoint_width(map(hew_codepoint_at(string, at)));
    hew_string *text = hew__string_new(self, total);
    if (!text) return NULL;
    char *to = text->bytes;
    for (int64_t at = 0; at < length; at += lead_width((unsigned char)bytes[at])) to += hew__utf8_encode(map(hew_codepoint_at(string, at)), to);
    return &text->block;
}

hew_block *hew_string_to_upper(hew_actor *self, hew_block *string) { return map_string(self, string, hew_char_to_upper); }
hew_block *hew_string_to_lower(hew_actor *self, hew_block *string) { return map_string(self, string, hew_char_to_lower); }

hew_block *hew_string_trim(hew_actor *self, hew_block *string, int32_t sides) {
    enum { START = 1, END = 2 };
    const char *bytes = hew__bytes(string);
    int64_t start = 0;
    int64_t end = hew_string_length(string);
    while (sides & START && start < end && is_space(hew_codepoint_at(string, start))) start += lead_width((unsigned char)bytes[start]);
    while (sides & END && start < end) {
        int64_t last = end - 1;
        while ((bytes[last] & 0xC0) == 0x80) last--;
        if (!is_space(hew_codepoint_at(string, last))) break;
        end = last;
    }
    return hew_string_slice(self, string, start, end);
}
