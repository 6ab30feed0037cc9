/* SHA-1, SHA-256, SHA-384 and SHA-512 (FIPS 180-4). No step depends on the data but through plain arithmetic. */
#include <string.h>

#include "hew/data.h"
#include "hew/sched.h"

/* The rounds of SHA-256 use the upper halves of the first 64. */
static const uint64_t rounds[80] = {
    0x428A2F98D728AE22, 0x7137449123EF65CD, 0xB5C0FBCFEC4D3B2F, 0xE9B5DBA58189DBBC, 0x3956C25BF348B538,
    0x59F111F1B605D019, 0x923F82A4AF194F9B, 0xAB1C5ED5DA6D8118, 0xD807AA98A3030242, 0x12835B0145706FBE,
    0x243185BE4EE4B28C, 0x550C7DC3D5FFB4E2, 0x72BE5D74F27B896F, 0x80DEB1FE3B1696B1, 0x9BDC06A725C71235,
    0xC19BF174CF692694, 0xE49B69C19EF14AD2, 0xEFBE4786384F25E3, 0x0FC19DC68B8CD5B5, 0x240CA1CC77AC9C65,
    0x2DE92C6F592B0275, 0x4A7484AA6EA6E483, 0x5CB0A9DCBD41FBD4, 0x76F988DA831153B5, 0x983E5152EE66DFAB,
    0xA831C66D2DB43210, 0xB00327C898FB213F, 0xBF597FC7BEEF0EE4, 0xC6E00BF33DA88FC2, 0xD5A79147930AA725,
    0x06CA6351E003826F, 0x142929670A0E6E70, 0x27B70A8546D22FFC, 0x2E1B21385C26C926, 0x4D2C6DFC5AC42AED,
    0x53380D139D95B3DF, 0x650A73548BAF63DE, 0x766A0ABB3C77B2A8, 0x81C2C92E47EDAEE6, 0x92722C851482353B,
    0xA2BFE8A14CF10364, 0xA81A664BBC423001, 0xC24B8B70D0F89791, 0xC76C51A30654BE30, 0xD192E819D6EF5218,
    0xD69906245565A910, 0xF40E35855771202A, 0x106AA07032BBD1B8, 0x19A4C116B8D2D0C8, 0x1E376C085141AB53,
    0x2748774CDF8EEB99, 0x34B0BCB5E19B48A8, 0x391C0CB3C5C95A63, 0x4ED8AA4AE3418ACB, 0x5B9CCA4F7763E373,
    0x682E6FF3D6B2B8A3, 0x748F82EE5DEFB2FC, 0x78A5636F43172F60, 0x84C87814A1F0AB72, 0x8CC702081A6439EC,
    0x90BEFFFA23631E28, 0xA4506CEBDE82BDE9, 0xBEF9A3F7B2C67915, 0xC67178F2E372532B, 0xCA273ECEEA26619C,
    0xD186B8C721C0C207, 0xEADA7DD6CDE0EB1E, 0xF57D4F7FEE6ED178, 0x06F067AA72176FBA, 0x0A637DC5A2C898A6,
    0x113F9804BEF90DAE, 0x1B710B35131C471B, 0x28DB77F523047D84, 0x32CAAB7B40C72493, 0x3C9EBE0A15C9BEBC,
    0x431D67C49C100D4C, 0x4CC5D4BECB3E42B6, 0x597F299CFC657E2A, 0x5FCB6FAB3AD6FAEC, 0x6C44198C4A475817,
};
static const uint64_t start_512[8] = {
    0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1, 0x510E527FADE682D1,
    0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
};
static const uint64_t start_384[8] = {
    0xCBBB9D5DC1059ED8, 0x629A292A367CD507, 0x9159015A3070DD17, 0x152FECD8F70E5939, 0x67332667FFC00B31,
    0x8EB44A8768581511, 0xDB0C2E0D64F98FA7, 0x47B5481DBEFA4FA4,
};

static const uint32_t start_160[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};

static uint32_t turn32(uint32_t x, int by) { return x >> by | x << (32 - by); }
static uint64_t turn64(uint64_t x, int by) { return x >> by | x << (64 - by); }

static void words_of(const unsigned char *bytes, uint32_t *w) {
    for (int i = 0; i < 16; i++) {
        w[i] = (uint32_t)bytes[4 * i] << 24 | (uint32_t)bytes[4 * i + 1] << 16 | (uint32_t)bytes[4 * i + 2] << 8 | bytes[4 * i + 3];
    }
}

static void block_160(uint32_t *state, const unsigned char *bytes) {
    static const uint32_t constants[4] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
    uint32_t w[80];
    uint32_t s[5];
    words_of(bytes, w);
    for (int i = 16; i < 80; i++) w[i] = turn32(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 31);
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 80; i++) {
        uint32_t choice = (s[1] & s[2]) ^ (~s[1] & s[3]);
        uint32_t majority = (s[1] & s[2]) ^ (s[1] & s[3]) ^ (s[2] & s[3]);
        uint32_t mixed = i < 20 ? choice : i >= 40 && i < 60 ? majority : s[1] ^ s[2] ^ s[3];
        uint32_t next = turn32(s[0], 27) + mixed + s[4] + constants[i / 20] + w[i];
        memmove(s + 1, s, 4 * sizeof *s);
        s[0] = next;
        s[2] = turn32(s[2], 2);
    }
    for (int i = 0; i < 5; i++) state[i] += s[i];
}

static void block_256(uint32_t *state, const unsigned char *bytes) {
    uint32_t w[64];
    uint32_t s[8];
    words_of(bytes, w);
    for (int i = 16; i < 64; i++) {
        uint32_t a = turn32(w[i - 15], 7) ^ turn32(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t b = turn32(w[i - 2], 17) ^ turn32(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t mixed = turn32(s[4], 6) ^ turn32(s[4], 11) ^ turn32(s[4], 25);
        uint32_t one = s[7] + mixed + ((s[4] & s[5]) ^ (~s[4] & s[6])) + (uint32_t)(rounds[i] >> 32) + w[i];
        uint32_t two = (turn32(s[0], 2) ^ turn32(s[0], 13) ^ turn32(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += one;
        s[0] = one + two;
    }
    for (int i = 0; i < 8; i++) state[i] += s[i];
}

static void block_512(uint64_t *state, const unsigned char *bytes) {
    uint64_t w[80];
    uint64_t s[8];
    for (int i = 0; i < 16; i++) {
        w[i] = 0;
        for (int k = 0; k < 8; k++) w[i] = w[i] << 8 | bytes[8 * i + k];
    }
    for (int i = 16; i < 80; i++) {
        uint64_t a = turn64(w[i - 15], 1) ^ turn64(w[i - 15], 8) ^ w[i - 15] >> 7;
        uint64_t b = turn64(w[i - 2], 19) ^ turn64(w[i - 2], 61) ^ w[i - 2] >> 6;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 80; i++) {
        uint64_t mixed = turn64(s[4], 14) ^ turn64(s[4], 18) ^ turn64(s[4], 41);
        uint64_t one = s[7] + mixed + ((s[4] & s[5]) ^ (~s[4] & s[6])) + rounds[i] + w[i];
        uint64_t two = (turn64(s[0], 28) ^ turn64(s[0], 34) ^ turn64(s[0], 39)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += one;
        s[0] = one + two;
    }
    for (int i = 0; i < 8; i++) state[i] += s[i];
}

typedef struct digest {
    bool is_first; /* SHA-1 */
    bool is_wide;  /* 64-bit words, blocks of 128 bytes */
    uint32_t narrow[8];
    uint64_t wide[8];
} digest;

static void absorb(digest *at, const unsigned char *bytes) {
    if (at->is_first) block_160(at->narrow, bytes);
    else if (at->is_wide) block_512(at->wide, bytes);
    else block_256(at->narrow, bytes);
}

static void finish(digest *at, const unsigned char *bytes, size_t length) {
    unsigned char last[256] = {0};
    size_t size = at->is_wide ? 128 : 64;
    size_t room = at->is_wide ? 16 : 8;
    size_t whole = length / size * size;
    for (size_t i = 0; i < whole; i += size) absorb(at, bytes + i);
    size_t rest = length - whole;
    if (rest) memcpy(last, bytes + whole, rest);
    last[rest] = 0x80;
    size_t end = rest + 1 + room <= size ? size : 2 * size;
    for (size_t i = 0; i < 8; i++) last[end - 1 - i] = (unsigned char)((uint64_t)length * 8 >> (8 * i));
    for (size_t i = 0; i < end; i += size) absorb(at, last + i);
}

hew_block *hew_digest(hew_actor *self, hew_block *data, int64_t bits) {
    const hew_vec *vec = (const hew_vec *)(const void *)data;
    digest at = {.is_first = bits == 160, .is_wide = bits > 256};
    for (int i = 0; i < 8; i++) {
        at.narrow[i] = at.is_first && i < 5 ? start_160[i] : (uint32_t)(start_512[i] >> 32);
        at.wide[i] = bits == 384 ? start_384[i] : start_512[i];
    }
    finish(&at, vec ? (const unsigned char *)vec->elements : NULL, vec ? (size_t)vec->length : 0);
    int64_t size = bits / 8;
    hew_block *made = hew_vec_with_capacity(self, HEW_TYPE_BYTES, size);
    hew_vec *out = (hew_vec *)(void *)made;
    for (int64_t i = 0; i < size; i++) {
        uint64_t word = at.is_wide ? at.wide[i / 8] : (uint64_t)at.narrow[i / 4] << 32;
        out->elements[i] = (char)(word >> (56 - 8 * (at.is_wide ? i % 8 : i % 4)));
    }
    out->length = size;
    return made;
}
