/* The numbers of std.random: the Mersenne twister MT19937 (Matsumoto and Nishimura, 1998), with the seeding by a key of
 * one word, so that a seed gives what it gives in other languages that use it.
 *
 * One generator for the process, under the environment's lock. Without a seed its first number asks the system for one. */
#include <stdbool.h>

#include "hew/builtin.h"
#include "hew/sched.h"

enum { WORDS = 624, SHIFT = 397 };

static struct {
    uint32_t words[WORDS];
    uint32_t next; /* of the words; WORDS means that all are used up */
    bool is_seeded;
} twister;

static void fill(uint32_t seed) {
    uint32_t *words = twister.words;
    words[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++) words[i] = 1812433253u * (words[i - 1] ^ (words[i - 1] >> 30)) + i;
}

static void seed_by_key(uint32_t key) {
    uint32_t *words = twister.words;
    uint32_t at = 1;
    fill(19650218u);
    for (uint32_t left = WORDS; left > 0; left--) {
        words[at] = (words[at] ^ ((words[at - 1] ^ (words[at - 1] >> 30)) * 1664525u)) + key;
        if (++at == WORDS) {
            words[0] = words[WORDS - 1];
            at = 1;
        }
    }
    for (uint32_t left = WORDS - 1; left > 0; left--) {
        words[at] = (words[at] ^ ((words[at - 1] ^ (words[at - 1] >> 30)) * 1566083941u)) - at;
        if (++at == WORDS) {
            words[0] = words[WORDS - 1];
            at = 1;
        }
    }
    words[0] = 0x80000000u;
    twister.next = WORDS;
    twister.is_seeded = true;
}

static void twist(void) {
    uint32_t *words = twister.words;
    for (uint32_t i = 0; i < WORDS; i++) {
        uint32_t mixed = (words[i] & 0x80000000u) | (words[(i + 1) % WORDS] & 0x7fffffffu);
        words[i] = words[(i + SHIFT) % WORDS] ^ (mixed >> 1) ^ (mixed & 1 ? 0x9908b0dfu : 0);
    }
    twister.next = 0;
}

void hew_random_seed(hew_actor *self, int64_t seed) {
    (void)self;
    hew__lock(&hew__rt.environment_lock);
    seed_by_key((uint32_t)seed);
    hew__unlock(&hew__rt.environment_lock);
}

int64_t hew_random_word(hew_actor *self) {
    hew__lock(&hew__rt.environment_lock);
    if (!twister.is_seeded) seed_by_key((uint32_t)hew_random_u64(self));
    if (twister.next == WORDS) twist();
    uint32_t word = twister.words[twister.next++];
    hew__unlock(&hew__rt.environment_lock);
    word ^= word >> 11;
    word ^= (word << 7) & 0x9d2c5680u;
    word ^= (word << 15) & 0xefc60000u;
    return (int64_t)(word ^ (word >> 18));
}
