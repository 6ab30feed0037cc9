/* Signals of a broken process: SIGSEGV, SIGBUS, SIGILL, SIGFPE. Generated code never raises them on purpose, so they
 * mean a mistake in the runtime or in foreign code: report and end. The sanitizers have handlers of their own. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "hew/platform.h"

static const int watched[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
enum { WATCHED = sizeof watched / sizeof *watched };

static struct sigaction before[WATCHED];
static void (*rescue)(void);

static bool is_ours(void) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#else
    return true;
#endif
}

static void report(int number) {
    static const char text[] = "hew: fatal: the process broke (signal ";
    char digits[] = {(char)('0' + number / 10), (char)('0' + number % 10), ')', '\n'};
    rescue();
    hew__write(2, text, sizeof text - 1);
    hew__write(2, digits, sizeof digits);
    _exit(128 + number);
}

void hew__faults_start(void (*last_words)(void)) {
    struct sigaction action = {.sa_handler = report, .sa_flags = SA_ONSTACK | (int)SA_RESETHAND};
    rescue = last_words;
    if (!is_ours()) return;
    for (int i = 0; i < WATCHED; i++) sigaction(watched[i], &action, &before[i]);
}

void hew__faults_finish(void) {
    if (!is_ours()) return;
    for (int i = 0; i < WATCHED; i++) sigaction(watched[i], &before[i], NULL);
}

void hew__faults_watch_thread(void *stack) {
    stack_t description = {.ss_sp = stack, .ss_size = HEW_FAULT_STACK};
    if (is_ours()) sigaltstack(&description, NULL);
}
