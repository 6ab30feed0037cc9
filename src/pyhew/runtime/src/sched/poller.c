/* The waiting of the main thread: an epoll set with a wake descriptor and SIGINT, SIGTERM.
 *
 * A first signal asks for an orderly end with code 128 + n; a second one ends the process at once. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "hew/io.h"
#include "hew/poller.h"
#include "hew/sched.h"
#include "hew/seeded.h"

typedef struct poller {
    int set;
    int wake;
    int signals;
    sigset_t mask_before;
    struct sigaction pipe_before;
    int signals_seen;
    _Atomic uint32_t is_poked;
} poller;

static poller only;

static bool watch(int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    return descriptor >= 0 && epoll_ctl(only.set, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

bool hew__poller_start(void) {
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ending, &only.mask_before); /* inherited by the workers */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, &only.pipe_before);
    only.signals_seen = 0;
    atomic_store_explicit(&only.is_poked, 0, memory_order_relaxed);
    only.set = epoll_create1(EPOLL_CLOEXEC);
    only.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    only.signals = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
    hew__reactor_start(only.set);
    return only.set >= 0 && watch(only.wake) && watch(only.signals);
}

void hew__poller_finish(void) {
    hew__reactor_finish();
    const int descriptors[] = {only.signals, only.wake, only.set};
    for (int i = 0; i < 3; i++) {
        if (descriptors[i] >= 0) close(descriptors[i]);
    }
    sigaction(SIGPIPE, &only.pipe_before, NULL);
    pthread_sigmask(SIG_SETMASK, &only.mask_before, NULL);
}

void hew__poke_main(void) {
    /* One write until the poke is served, however many come. */
    if (atomic_exchange_explicit(&only.is_poked, 1, memory_order_acq_rel)) return;
    uint64_t one = 1;
    while (write(only.wake, &one, sizeof one) < 0 && errno == EINTR) {}
}

void hew__request_end(int64_t code, uint32_t request) {
    uint32_t before = atomic_load_explicit(&hew__rt.end_requested, memory_order_acquire);
    /* First: whoever sees the request finds the gate closed. */
    if (before < request && request == HEW_END_REQUEST_NOW && hew__rt.is_seeded) hew__gate_close();
    while (before < request) {
        /* acq_rel: the winner's code is written before anyone acts on the request: see `code` below */
        if (!atomic_compare_exchange_weak_explicit(&hew__rt.end_requested, &before, request, memory_order_acq_rel, memory_order_acquire)) continue;
        atomic_store_explicit(&hew__rt.exit_code, code, memory_order_release);
        hew__poke_main();
        return;
    }
}

static void serve_signals(void) {
    struct signalfd_siginfo info;
    while (read(only.signals, &info, sizeof info) == (ssize_t)sizeof info) {
        int code = 128 + (int)info.ssi_signo;
        if (only.signals_seen++) _exit(code);
        hew__request_end(code, HEW_END_REQUEST_NOW);
    }
}

static void serve_poke(void) {
    uint64_t count = 0;
    if (read(only.wake, &count, sizeof count) < 0 && errno != EAGAIN) hew__fatal("the wake descriptor is broken");
    /* acq_rel: whoever pokes after this is served by a new round */
    atomic_exchange_explicit(&only.is_poked, 0, memory_order_acq_rel);
}

void hew__poll(int64_t nanoseconds) {
    /* Rounded up: waking early would only mean another round. */
    int64_t milliseconds = nanoseconds < 0 ? -1 : (nanoseconds + 999999) / 1000000;
    struct epoll_event events[16];
    int count = epoll_wait(only.set, events, 16, milliseconds > 3600000 ? 3600000 : (int)milliseconds);
    for (int i = 0; i < count; i++) {
        if (events[i].data.fd == only.wake) serve_poke();
        else if (events[i].data.fd == only.signals) serve_signals();
        else hew__reactor_event(events[i].data.fd, (uint32_t)(events[i].events & EPOLLOUT ? HEW_READY_WRITE : HEW_READY_READ));
    }
}

uint32_t hew__poll_active(void) { return hew__reactor_active(); }

uint32_t hew__poll_armed(void) { return hew__reactor_armed(); }
