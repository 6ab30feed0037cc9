/* Named numbers that all actors of the process share: metrics, settings of the library. */
#include <stdlib.h>
#include <string.h>

#include "hew/data.h"
#include "hew/io.h"
#include "hew/sched.h"

typedef struct tally {
    char *name;
    int64_t number;
} tally;

static struct {
    tally *rows;
    size_t count;
    size_t capacity;
} all; /* under hew__rt.environment_lock */

void hew__tallies_finish(void) {
    for (size_t i = 0; i < all.count; i++) free(all.rows[i].name);
    free(all.rows);
    memset(&all, 0, sizeof all);
}

static tally *find(const char *name) {
    for (size_t i = 0; i < all.count; i++) {
        if (strcmp(all.rows[i].name, name) == 0) return &all.rows[i];
    }
    return NULL;
}

/* The row of that name, made when there is none; null without memory. */
static tally *row_of(const char *name) {
    tally *found = find(name);
    if (found) return found;
    if (all.count == all.capacity) {
        size_t capacity = all.capacity ? all.capacity * 2 : 16;
        tally *rows = realloc(all.rows, capacity * sizeof *rows);
        if (!rows) return NULL;
        all.rows = rows;
        all.capacity = capacity;
    }
    char *copy = strdup(name);
    if (!copy) return NULL;
    all.rows[all.count] = (tally){.name = copy, .number = 0};
    return &all.rows[all.count++];
}

int64_t hew_tally_add(hew_actor *self, hew_block *name, int64_t amount) {
    hew__lock(&hew__rt.environment_lock);
    tally *row = row_of(hew__bytes(name));
    if (row) row->number = (int64_t)((uint64_t)row->number + (uint64_t)amount);
    int64_t number = row ? row->number : 0;
    hew__unlock(&hew__rt.environment_lock);
    if (!row) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    return number;
}

double hew_tally_add_float(hew_actor *self, hew_block *name, double amount) {
    hew__lock(&hew__rt.environment_lock);
    tally *row = row_of(hew__bytes(name));
    double sum = 0;
    if (row) {
        memcpy(&sum, &row->number, sizeof sum);
        sum += amount;
        memcpy(&row->number, &sum, sizeof sum);
    }
    hew__unlock(&hew__rt.environment_lock);
    if (!row) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    return sum;
}

void hew_tally_set(hew_actor *self, hew_block *name, int64_t number) {
    hew__lock(&hew__rt.environment_lock);
    tally *row = row_of(hew__bytes(name));
    if (row) row->number = number;
    hew__unlock(&hew__rt.environment_lock);
    if (!row) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
}

int64_t hew_tally_get(hew_actor *self, hew_block *name) {
    hew__lock(&hew__rt.environment_lock);
    const tally *row = find(hew__bytes(name));
    int64_t number = row ? row->number : 0;
    hew__unlock(&hew__rt.environment_lock);
    self->status = row ? HEW_IO_OK : HEW_IO_NOT_FOUND;
    return number;
}

/* The name of the nth row, or null; a copy, because the table may grow. */
static char *name_at(size_t index) {
    hew__lock(&hew__rt.environment_lock);
    char *copy = index < all.count ? strdup(all.rows[index].name) : NULL;
    hew__unlock(&hew__rt.environment_lock);
    return copy;
}

hew_block *hew_tally_names(hew_actor *self, hew_block *prefix) {
    hew_block *names = NULL;
    size_t length = strlen(hew__bytes(prefix));
    for (size_t i = 0;; i++) {
        char *name = name_at(i);
        if (!name) return names;
        bool is_wanted = strncmp(name, hew__bytes(prefix), length) == 0;
        if (!is_wanted) {
            free(name);
            continue;
        }
        hew_block *text = hew__string_take(self, name);
        names = hew_vec_reserve(self, names, 1, HEW_TYPE_STRINGS);
        hew_vec *vec = (hew_vec *)(void *)names;
        ((hew_block **)(void *)vec->elements)[vec->length++] = text;
    }
}
