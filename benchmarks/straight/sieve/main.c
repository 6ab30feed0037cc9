/* Sieve of Eratosthenes up to 50 million, one byte per number. */
#include <stdbool.h>
#include <stdlib.h>

#include "../clock.h"

static int64_t count_primes(int64_t limit) {
    bool *is_composite = malloc((size_t)limit + 1);
    if (!is_composite) abort();
    for (int64_t i = 0; i <= limit; i++) is_composite[i] = false;
    int64_t count = 0;
    for (int64_t i = 2; i <= limit; i++) {
        if (is_composite[i]) continue;
        count++;
        for (int64_t j = i * i; j <= limit; j += i) is_composite[j] = true;
    }
    free(is_composite);
    return count;
}

int main(void) {
    int64_t limit = 50000000;
    int64_t start = now();
    int64_t count = count_primes(limit);
    int64_t spent = now() - start;
    printf("check %" PRId64 "\n", count);
    report(limit, spent);
    return 0;
}
