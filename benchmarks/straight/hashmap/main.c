/* 5,000,000 pseudo-random integers into a map, then every one looked up.
 * The map has open addressing and linear probing, and doubles when three quarters are full. */
#include <stdbool.h>
#include <stdlib.h>

#include "../clock.h"

typedef struct slot {
    int64_t key;
    int64_t value;
    bool is_used;
} slot;

typedef struct map {
    slot *slots;
    uint64_t size;
    int64_t count;
} map;

static uint64_t hash_of(int64_t key) {
    uint64_t x = (uint64_t)key;
    x ^= x >> 32;
    x *= 0x9E3779B97F4A7C15u;
    return x ^ x >> 29;
}

static slot *place_of(map *m, int64_t key) {
    uint64_t at = hash_of(key) & (m->size - 1);
    while (m->slots[at].is_used && m->slots[at].key != key) at = (at + 1) & (m->size - 1);
    return &m->slots[at];
}

static void grow(map *m) {
    map larger = {.size = m->size ? 2 * m->size : 16, .count = m->count};
    larger.slots = calloc(larger.size, sizeof *larger.slots);
    if (!larger.slots) abort();
    for (uint64_t i = 0; i < m->size; i++) {
        if (m->slots[i].is_used) *place_of(&larger, m->slots[i].key) = m->slots[i];
    }
    free(m->slots);
    *m = larger;
}

static void insert(map *m, int64_t key, int64_t value) {
    if (4 * (uint64_t)(m->count + 1) > 3 * m->size) grow(m);
    slot *place = place_of(m, key);
    m->count += !place->is_used;
    *place = (slot){key, value, true};
}

static uint64_t next(uint64_t x) {
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

int main(void) {
    int64_t n = 5000000;
    uint64_t seed = 88172645463325252u, x = seed;
    int64_t start = now();
    map places = {0};
    for (int64_t i = 0; i < n; i++) {
        x = next(x);
        insert(&places, (int64_t)(x >> 1), i);
    }
    x = seed;
    int64_t sum = 0;
    for (int64_t i = 0; i < n; i++) {
        x = next(x);
        slot *place = place_of(&places, (int64_t)(x >> 1));
        if (place->is_used) sum += place->value;
    }
    int64_t spent = now() - start;
    printf("check %" PRId64 " %" PRId64 "\n", sum, places.count);
    report(2 * n, spent);
    return 0;
}
