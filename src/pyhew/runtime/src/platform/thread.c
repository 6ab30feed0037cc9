/* Threads, locks and signals between threads, on POSIX threads. */
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "hew/platform.h"

/* Address space only: pages are touched as the stack grows. Deep recursion in user code is
 * the reason for its size. */
enum { STACK_SIZE = 8 << 20 };
/* Left free above the end of the stack: the runtime's own calls and libc's printf. */
enum { STACK_RESERVE = 128 << 10 };

/* Locks and signals that were set up and not yet taken down: nobody else counts them, for they own no memory. */
static _Atomic int64_t live;

int64_t hew__locks_live(void) { return atomic_load_explicit(&live, memory_order_relaxed); }

#if defined(HEW_MODE_CHECK)
/* By this thread. */
static _Thread_local int held;

void hew__must_hold(const hew_lock *lock) {
    if (!lock->is_held || !pthread_equal(lock->holder, pthread_self())) hew__fatal("a lock is broken: not held");
}

void hew__must_hold_none(void) {
    if (held != 0) hew__fatal("a lock is broken: held while the program's own code may run");
}
#endif

static void must(int result, const char *what) {
    if (result != 0) hew__fatal("a lock is broken: %s (%d)", what, result);
}

static void mutex_init(pthread_mutex_t *mutex) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
#if defined(HEW_MODE_CHECK)
    /* A lock taken twice by one thread, or given back by another, is an error instead of a wait without end. */
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
#endif
    pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
}

static void mutex_deinit(pthread_mutex_t *mutex) {
    must(pthread_mutex_destroy(mutex), "taken down while it is held");
    atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
}

#if defined(HEW_MODE_CHECK) || defined(HEW_MODE_TSAN)
/* Noise: threads stop at random before they claim something, so that orders come up which are rare otherwise. */
static _Atomic uint64_t noise;
static _Thread_local uint64_t own_noise;

void hew__noise_start(uint64_t seed) { atomic_store_explicit(&noise, seed, memory_order_relaxed); }

void hew__claim(void) {
    enum { OF = 256, SLEEPS = 1, YIELDS = 32 };
    uint64_t seed = atomic_load_explicit(&noise, memory_order_relaxed);
    if (!seed) return;
    if (!own_noise) own_noise = seed * 0x9E3779B97F4A7C15u ^ (uint64_t)pthread_self();
    own_noise ^= own_noise << 13;
    own_noise ^= own_noise >> 7;
    own_noise ^= own_noise << 17;
    uint32_t pick = (uint32_t)(own_noise >> 32) % OF;
    if (pick < SLEEPS) usleep(20);
    else if (pick < YIELDS) sched_yield();
}
#endif

void hew__lock_init(hew_lock *lock) {
    mutex_init(&lock->mutex);
#if defined(HEW_MODE_CHECK)
    lock->is_held = false;
#endif
}
void hew__lock_deinit(hew_lock *lock) { mutex_deinit(&lock->mutex); }
void hew__lock(hew_lock *lock) {
    hew__claim();
    must(pthread_mutex_lock(&lock->mutex), "taken twice");
#if defined(HEW_MODE_CHECK)
    lock->holder = pthread_self();
    lock->is_held = true;
    held++;
#endif
}
void hew__unlock(hew_lock *lock) {
#if defined(HEW_MODE_CHECK)
    lock->is_held = false;
    held--;
#endif
    must(pthread_mutex_unlock(&lock->mutex), "given back by a stranger");
    hew__claim();
}

void hew__signal_init(hew_signal *signal) {
    mutex_init(&signal->mutex);
    pthread_cond_init(&signal->condition, NULL);
    signal->is_set = false;
}

void hew__signal_deinit(hew_signal *signal) {
    pthread_cond_destroy(&signal->condition);
    mutex_deinit(&signal->mutex);
}

void hew__signal_set(hew_signal *signal) {
    pthread_mutex_lock(&signal->mutex);
    signal->is_set = true;
    pthread_cond_signal(&signal->condition);
    pthread_mutex_unlock(&signal->mutex);
}

void hew__signal_wait(hew_signal *signal) {
    pthread_mutex_lock(&signal->mutex);
    while (!signal->is_set) pthread_cond_wait(&signal->condition, &signal->mutex);
    signal->is_set = false;
    pthread_mutex_unlock(&signal->mutex);
}

bool hew__thread_start(pthread_t *thread, void *(*body)(void *), void *argument) {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    bool started = pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0 &&
                   pthread_create(thread, &attributes, body, argument) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

void hew__thread_join(pthread_t thread) {
    if (pthread_join(thread, NULL) != 0) hew__fatal("a thread cannot be joined");
}

uintptr_t hew__stack_limit(void) {
    pthread_attr_t attributes;
    void *low = NULL;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
    return (uintptr_t)low + STACK_RESERVE;
}

static pthread_key_t own_key;

bool hew__own_open(void) { return pthread_key_create(&own_key, NULL) == 0; }
void hew__own_close(void) { pthread_key_delete(own_key); }
void hew__own_set(void *own) { pthread_setspecific(own_key, own); }
void *hew__own(void) { return pthread_getspecific(own_key); }

void hew__cpu_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

int hew__cpu_count(void) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}
