/* What the runtime asks of the operating system. */
#ifndef HEW_PLATFORM_H
#define HEW_PLATFORM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A held spin lock protects a few instructions without calls; anything longer is a mutex. */
typedef struct hew_lock {
    pthread_mutex_t mutex;
#if defined(HEW_MODE_CHECK)
    pthread_t holder;
    bool is_held;
#endif
} hew_lock;

void hew__lock_init(hew_lock *lock);
void hew__lock_deinit(hew_lock *lock);
void hew__lock(hew_lock *lock);
void hew__unlock(hew_lock *lock);
/* Check builds end the process when the caller does not hold the lock, or, before the program's own code runs, when it
 * holds any. */
#if defined(HEW_MODE_CHECK)
void hew__must_hold(const hew_lock *lock);
void hew__must_hold_none(void);
#else
static inline void hew__must_hold(const hew_lock *lock) { (void)lock; }
static inline void hew__must_hold_none(void) {}
#endif
/* Locks, those of signals included, that are set up; zero once the runtime has finished. */
int64_t hew__locks_live(void);

/* Before a step that only one thread wins: a compare-and-swap, an exchange, a lock. Where noise was asked for, other threads
 * may get there first. */
#if defined(HEW_MODE_CHECK) || defined(HEW_MODE_TSAN)
void hew__claim(void);
void hew__noise_start(uint64_t seed);
#else
static inline void hew__claim(void) {}
static inline void hew__noise_start(uint64_t seed) { (void)seed; }
#endif

/* A thread sleeps on its own signal; `hew__signal_set` before or during the wait ends it. */
typedef struct hew_signal {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    bool is_set;
} hew_signal;

void hew__signal_init(hew_signal *signal);
void hew__signal_deinit(hew_signal *signal);
void hew__signal_set(hew_signal *signal);
void hew__signal_wait(hew_signal *signal);

/* Threads with a stack of HEW_STACK_SIZE; false when the system refuses. */
bool hew__thread_start(pthread_t *thread, void *(*body)(void *), void *argument);
void hew__thread_join(pthread_t thread);
uintptr_t hew__stack_limit(void);
/* One pointer that each thread has for itself, null until it sets it. Not `_Thread_local`: programs that run without
 * having been linked have no place for that. */
bool hew__own_open(void);
void hew__own_close(void);
void hew__own_set(void *own);
void *hew__own(void);
void hew__cpu_relax(void);
int hew__cpu_count(void);

/* Runs `body` in a child process that is killed after so many seconds; its exit code, or minus the signal that ended it. */
int hew__in_child(int (*body)(void *context), void *context, unsigned seconds);
/* Pages that children share with their parent; null when the system refuses. */
void *hew__shared_with_children(size_t size);

int64_t hew__clock(void);
const char *hew__environment(const char *name);
int64_t hew__environment_number(const char *name, int64_t otherwise);
uint64_t hew__entropy(void);

/* Pages from the system, zeroed; null when it refuses. */
void *hew__pages_map(size_t size);
void hew__pages_unmap(void *pages, size_t size);
/* These pages are better served as huge ones. */
void hew__pages_prefer_huge(void *memory, size_t size);

/* Bytes that the C library has given out. */
int64_t hew__c_heap_bytes(void);

/* Writes all of it, going on after interruptions. */
void hew__write(int descriptor, const char *bytes, size_t length);

/* Reports on SIGSEGV and its like, from a stack of their own. `last_words` runs before the report. */
void hew__faults_start(void (*last_words)(void));
void hew__faults_finish(void);
/* Gives the calling thread that stack; of HEW_FAULT_STACK bytes, kept as long as the thread. */
enum { HEW_FAULT_STACK = 32 << 10 };
void hew__faults_watch_thread(void *stack);

/* Ends the process at once; for broken invariants, never for user mistakes. */
_Noreturn void hew__fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
