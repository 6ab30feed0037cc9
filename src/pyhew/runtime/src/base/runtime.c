/* What the whole process shares. */
#include "hew/sched.h"

hew_runtime hew__rt;
