/* UTF-8: validation, codepoints, and what kind of character a codepoint is.
 *
 * A text may have been cut inside a character: each byte that is none is a character of its own, U+FFFD, of one byte. */
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

/* How many bytes the character takes that begins there. */
static int size_at(const char *bytes, int64_t left) {
    if ((unsigned char)bytes[0] < 0x80) return 1;
    int width = hew__utf8_width(bytes, left);
    return width ? width : 1;
}

uint32_t hew__utf8_decode(const char *text, int width) {
    const unsigned char *bytes = (const unsigned char *)text;
    static const unsigned char lead_bits[5] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t codepoint = bytes[0] & lead_bits[width];
    for (int i = 1; i < width; i++) codepoint = codepoint << 6 | (bytes[i] & 0x3F);
    return codepoint;
}

static int utf8_size(uint32_t codepoint) { return codepoint < 0x80 ? 1 : codepoint < 0x800 ? 2 : codepoint < 0x10000 ? 3 : 4; }

int hew__utf8_encode(uint32_t codepoint, char *bytes) {
    int width = utf8_size(codepoint);
    static const unsigned char leads[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (int i = width; --i > 0; codepoint >>= 6) bytes[i] = (char)(0x80 | (codepoint & 0x3F));
    bytes[0] = (char)(leads[width] | codepoint);
    return width;
}

int32_t hew_codepoint_size(hew_block *string, int64_t offset) {
    return size_at(hew__bytes(string) + offset, hew_string_length(string) - offset);
}

int64_t hew_codepoint_count(hew_block *string) {
    const char *bytes = hew__bytes(string);
    int64_t length = hew_string_length(string);
    int64_t count = 0;
    for (int64_t i = length; i-- > 0;) count += (bytes[i] & 0xC0) != 0x80;
    if (count == length) return count; /* no byte goes on another: each is one character */
    count = 0;
    for (int64_t at = 0; at < length; count++) at += size_at(bytes + at, length - at);
    return count;
}

int64_t hew_codepoint_offset(hew_block *string, int64_t index) {
    const char *bytes = hew__bytes(string);
    int64_t length = hew_string_length(string);
    int64_t at = 0;
    if (index < 0) return -1;
    for (; index > 0 && at < length; index--) at += size_at(bytes + at, length - at);
    return index == 0 ? at : -1;
}

uint32_t hew_codepoint_at(hew_block *string, int64_t offset) {
    enum { NOT_A_CHARACTER = 0xFFFD };
    const char *bytes = hew__bytes(string) + offset;
    if ((unsigned char)bytes[0] < 0x80) return (unsigned char)bytes[0];
    int width = hew__utf8_width(bytes, hew_string_length(string) - offset);
    return width ? hew__utf8_decode(bytes, width) : NOT_A_CHARACTER;
}

/* --- whole strings --- */

/* What a codepoint becomes: how many there are of it. */
typedef int mapping(uint32_t codepoint, uint32_t *found);

/* How much of the text is ASCII, from its beginning on. */
static int64_t plain_length(const char *bytes, int64_t length) {
    int64_t at = 0;
    while (at < length && (unsigned char)bytes[at] < 0x80) at++;
    return at;
}

/* What stands at a position becomes, written to `to` unless that is null; a byte that is no character stays. */
static int mapped_at(const char *bytes, int64_t left, mapping *map, char *to) {
    uint32_t found[HEW_LONGEST_CASE];
    int width = hew__utf8_width(bytes, left);
    if (!width && to) *to = *bytes;
    if (!width) return 1;
    int count = map(hew__utf8_decode(bytes, width), found);
    int made = 0;
    for (int i = 0; i < count; i++) made += to ? hew__utf8_encode(found[i], to + made) : utf8_size(found[i]);
    return made;
}

/* `first` is the first of the 26 letters of ASCII that change. */
static hew_block *map_string(hew_actor *self, hew_block *string, mapping *map, char first) {
    const char *bytes = hew__bytes(string);
    int64_t length = hew_string_length(string);
    int64_t plain = plain_length(bytes, length);
    int64_t total = plain;
    for (int64_t at = plain; at < length; at += size_at(bytes + at, length - at)) total += mapped_at(bytes + at, length - at, map, NULL);
    hew_string *text = hew__string_new(self, total);
    if (!text) return NULL;
    char *to = text->bytes + plain;
    for (int64_t at = 0; at < plain; at++) text->bytes[at] = bytes[at] ^ (char)((unsigned char)(bytes[at] - first) < 26 ? 0x20 : 0);
    for (int64_t at = plain; at < length; at += size_at(bytes + at, length - at)) to += mapped_at(bytes + at, length - at, map, to);
    return &text->block;
}

hew_block *hew_string_to_upper(hew_actor *self, hew_block *string) { return map_string(self, string, hew__upper_of, 'a'); }
hew_block *hew_string_to_lower(hew_actor *self, hew_block *string) { return map_string(self, string, hew__lower_of, 'A'); }

hew_block *hew_string_trim(hew_actor *self, hew_block *string, int32_t sides) {
    enum { START = 1, END = 2 };
    const char *bytes = hew__bytes(string);
    int64_t start = 0;
    int64_t end = hew_string_length(string);
    while (sides & START && start < end && hew__is_space(hew_codepoint_at(string, start))) start += size_at(bytes + start, end - start);
    while (sides & END && start < end) {
        int64_t last = end - 1;
        while (last > start && (bytes[last] & 0xC0) == 0x80) last--;
        if (last + size_at(bytes + last, end - last) != end || !hew__is_space(hew_codepoint_at(string, last))) break;
        end = last;
    }
    return hew_string_slice(self, string, start, end);
}
