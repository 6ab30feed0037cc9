/* Running a function in a child process, for runs that repeat. */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hew/platform.h"

int hew__in_child(int (*body)(void *context), void *context, unsigned seconds) {
    pid_t child = fork();
    if (child == 0) {
        alarm(seconds);
        _exit(body(context));
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) hew__fatal("no process for another run");
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

void *hew__shared_with_children(size_t size) {
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}
