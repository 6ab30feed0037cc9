/* 5,000,000 pseudo-random integers sorted by a quicksort of our own. */
#include <stdlib.h>

#include "../clock.h"

static uint64_t next(uint64_t x) {
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

static void quicksort(int64_t *items, int64_t first, int64_t last) {
    int64_t low = first, high = last, pivot = items[low + (high - low) / 2];
    while (low <= high) {
        while (items[low] < pivot) low++;
        while (items[high] > pivot) high--;
        if (low <= high) {
            int64_t kept = items[low];
            items[low++] = items[high];
            items[high--] = kept;
        }
    }
    if (first < high) quicksort(items, first, high);
    if (low < last) quicksort(items, low, last);
}

int main(void) {
    int64_t n = 5000000;
    int64_t *items = malloc((size_t)n * sizeof *items);
    if (!items) abort();
    uint64_t x = 88172645463325252u;
    for (int64_t i = 0; i < n; i++) {
        x = next(x);
        items[i] = (int64_t)(x >> 1);
    }
    int64_t start = now();
    quicksort(items, 0, n - 1);
    int64_t spent = now() - start;
    int64_t mixed = 0;
    for (int64_t i = 0; i < n; i++) mixed = (mixed ^ items[i]) + i % 7 - 3;
    printf("check %" PRId64 "\n", mixed);
    report(n, spent);
    return 0;
}
