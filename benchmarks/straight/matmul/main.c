/* Product of two 600 by 600 matrices, rows as vectors of their own. */
#include <stdlib.h>

#include "../clock.h"

static double **rows_of(int64_t n) {
    double **rows = malloc((size_t)n * sizeof *rows);
    if (!rows) abort();
    for (int64_t i = 0; i < n; i++) {
        rows[i] = malloc((size_t)n * sizeof **rows);
        if (!rows[i]) abort();
    }
    return rows;
}

static double **filled(int64_t n, int64_t seed) {
    double **rows = rows_of(n);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++) rows[i][j] = (double)((i * seed + j * 7) % 13) - 6.0;
    }
    return rows;
}

static double **product(double **a, double **b, int64_t n) {
    double **rows = rows_of(n);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++) {
            double sum = 0;
            for (int64_t k = 0; k < n; k++) sum += a[i][k] * b[k][j];
            rows[i][j] = sum;
        }
    }
    return rows;
}

int main(void) {
    int64_t n = 600;
    double **a = filled(n, 3), **b = filled(n, 5);
    int64_t start = now();
    double **c = product(a, b, n);
    int64_t spent = now() - start;
    double total = 0;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++) total += c[i][j] * (double)((i + j) % 3);
    }
    printf("check %" PRId64 "\n", (int64_t)total);
    report(n * n * n, spent);
    return 0;
}
