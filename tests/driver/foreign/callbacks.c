/* Calls what it is given, with every kind of argument and result. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

double apply_f64(double (*f)(double), double x) { return f(x); }
float apply_f32(float (*f)(float, float), float x) { return f(x, 2.5f); }
uint8_t apply_small(uint8_t (*f)(uint8_t, int16_t, uint16_t)) { return f(250, -3, 65535); }
uint32_t apply_char(uint32_t (*f)(uint32_t), uint32_t c) { return f(c); }
void twice(void (*f)(void)) { f(), f(); }

bool any(bool (*f)(int8_t), int32_t n) {
    for (int32_t i = -n; i < n; i++) {
        if (f((int8_t)i)) return true;
    }
    return false;
}

int64_t many(int64_t (*f)(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, double)) {
    return f(1, 2, 3, 4, 5, 6, 7, 8, 9.5);
}

int64_t each_name(int64_t (*f)(const char *)) {
    static const char *const names[] = {"one", "gr\xC3\xBC\xC3\x9F", "\xFF", "", NULL};
    int64_t total = 0;
    for (int i = 0; i < 5; i++) total += f(names[i]);
    return total;
}

static int64_t plus(int64_t a, int32_t b) { return a + b; }
static double length(const char *text) { return (double)strlen(text); }
int64_t (*operation(int32_t sign))(int64_t, int32_t) { return sign == '+' ? plus : NULL; }
double (*measure(void))(const char *) { return length; }

static int64_t (*kept)(int64_t);
void keep(int64_t (*f)(int64_t)) { kept = f; }
int64_t call_kept(int64_t n) { return kept(n); }
