/* Recursive Fibonacci: calls and small integer arithmetic. */
#include "../clock.h"

/* Calls are what is measured, so the recursion must not be unfolded. */
__attribute__((noinline)) static int64_t fib(int64_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

int main(void) {
    int64_t start = now();
    int64_t found = fib(40);
    int64_t spent = now() - start;
    printf("check %" PRId64 "\n", found);
    report(2 * found, spent);
    return 0;
}
