/* Runs that repeat: with HEW_SEED the order of everything, and time itself, follow from one number. */
#ifndef HEW_SEEDED_H
#define HEW_SEEDED_H

#include "hew/sched.h"

void hew__seeded_start(int64_t seed);
/* The program's time in nanoseconds: the system's, or one that stands still while anything runs. */
int64_t hew__now(void);
void hew__now_advance(int64_t instant);
/* A number below `limit` out of the seed. Only for the one who may run. */
uint32_t hew__seeded_pick(uint32_t limit);
/* Makes a step part of the fingerprint. */
void hew__seeded_note(uint64_t what, uint64_t who);
/* What it takes to see this run again; after the workers were joined. */
void hew__seeded_report(int exit_code);
uint64_t hew__seeded_fingerprint(void);

/* Whether HEW_SEEDS asks for many runs; see seeds.c. */
bool hew__seeds_wanted(void);
/* `run` once for each seed, in a child; the exit code of the whole. */
int hew__seeds_run(int (*run)(void *context), void *context);
void hew__seeds_note(uint64_t fingerprint, int64_t fault_points, bool is_clean);

/* A closed gate lets no actor begin: whoever ends the program acts on all of them at one point of the schedule. */
void hew__gate_close(void);
void hew__gate_open(void);
bool hew__gate_is_closed(void);
/* Whether the worker is between two turns. */
bool hew__gate_holds(void);
/* By the worker, between two turns. */
void hew__gate_pass(void);

#endif
