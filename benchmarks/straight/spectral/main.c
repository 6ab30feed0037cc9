/* Spectral norm of an infinite matrix cut at 2,000: float division and walks over vectors. */
#include <math.h>
#include <stdlib.h>

#include "../clock.h"

static double entry(int64_t i, int64_t j) { return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1); }

static void times(int64_t n, const double *source, double *target) {
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t j = 0; j < n; j++) sum += entry(i, j) * source[j];
        target[i] = sum;
    }
}

static void times_transposed(int64_t n, const double *source, double *target) {
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t j = 0; j < n; j++) sum += entry(j, i) * source[j];
        target[i] = sum;
    }
}

int main(void) {
    int64_t n = 2000;
    double *u = malloc((size_t)n * sizeof *u), *w = malloc((size_t)n * sizeof *w), *between = malloc((size_t)n * sizeof *between);
    if (!u || !w || !between) abort();
    for (int64_t i = 0; i < n; i++) u[i] = 1;
    int64_t start = now();
    for (int k = 0; k < 10; k++) {
        times(n, u, between);
        times_transposed(n, between, w);
        times(n, w, between);
        times_transposed(n, between, u);
    }
    double across = 0, square = 0;
    for (int64_t i = 0; i < n; i++) {
        across += u[i] * w[i];
        square += w[i] * w[i];
    }
    int64_t spent = now() - start;
    printf("check %" PRId64 "\n", (int64_t)(sqrt(across / square) * 1000000000.0));
    report(40 * n * n, spent);
    return 0;
}
