/* Calls exported functions; records by value in both directions, also when registers run out. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    int64_t number;
    const char *text;
} named;

typedef struct {
    double x, y, z;
} point;

typedef struct {
    float x, y;
} small;

typedef struct {
    int64_t a;
    int8_t b;
} inner;

typedef struct {
    inner in;
    int8_t c;
} outer;

typedef struct {
    int64_t a, b;
} pair;

typedef struct {
    double x, y;
} flat;

int32_t plus_of_hew(int32_t a, int32_t b);
point scale(point p, double by);
small swapped(small s);
char *greeting(const char *name);
named renamed(named n);
bool below_zero(int8_t x);
outer out_of(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, inner in, int64_t f);
flat last_of(double a, double b, double c, double d, double e, double f, double g, flat p, double h);

void drive(void) {
    printf("%d\n", plus_of_hew(-2, 44));
    point p = scale((point){1, 2, 3}, 2.5);
    printf("%g %g %g\n", p.x, p.y, p.z);
    small s = swapped((small){1.5f, 2.5f});
    printf("%g %g\n", s.x, s.y);
    char *text = greeting("world");
    printf("%s\n", text);
    free(text);
    named n = renamed((named){7, "seven"});
    printf("%d %s\n", (int)n.number, n.text);
    free((void *)n.text);
    printf("%d %d\n", below_zero(-1), below_zero(1));
    outer o = out_of(1, 2, 3, 4, 5, (inner){6, 7}, 8);
    printf("%d %d %d\n", (int)o.in.a, o.in.b, o.c);
    flat f = last_of(1, 2, 3, 4, 5, 6, 7, (flat){8, 9}, 10);
    printf("%g %g\n", f.x, f.y);
    fflush(stdout);
}

int64_t length_of(named n) { return n.number + (n.text[0] == 'h' ? 1000 : 0); }
named make_named(int64_t number) { return (named){number, "made"}; }
int64_t nested(outer o) { return o.in.a * 100 + o.in.b * 10 + o.c; }
int64_t late_pair(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, pair p, int64_t f) {
    return a + b + c + d + e + p.a * 100 + p.b * 1000 + f * 10000;
}
double late_flat(double a, double b, double c, double d, double e, double f, double g, flat p, double h) {
    return a + b + c + d + e + f + g + p.x * 100 + p.y * 1000 + h * 10000;
}

int64_t sum(int32_t count, ...) {
    va_list numbers;
    va_start(numbers, count);
    int64_t total = 0;
    for (int32_t i = 0; i < count; i++) total += va_arg(numbers, int64_t);
    va_end(numbers);
    return total;
}

double sum_of_floats(int32_t count, ...) {
    va_list numbers;
    va_start(numbers, count);
    double total = 0;
    for (int32_t i = 0; i < count; i++) total += va_arg(numbers, double);
    va_end(numbers);
    return total;
}
