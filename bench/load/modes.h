// What can be measured, and with what.
#ifndef MODES_H
#define MODES_H

#include "session.h"

typedef struct {
  Target target;
  int clients;
  int count;
  int idle;
  int at_once;
  double seconds;
  const char *path;
  const char *verb;
  uint64_t bytes;
  bool verify;
  const char *certificate;
  const char *key;
} Order;

// `clients` sessions, logged in one after the other: a crowd that comes all at once is `login`'s business.
Session *sessions_open(const Target *target, int clients);
// Says goodbye to each and waits for its answer.
void sessions_close(Session *sessions, int clients);
// One line of JSON: what was moved, and what it cost.
void report(const char *mode, uint64_t bytes, long items, double seconds, double cpu);
// Until standard input ends: whoever started us measures meanwhile.
void wait_for_leave(void);

double now_seconds(void);
// CPU time of this process so far, user and system.
double cpu_seconds(void);

void measure_retr(const Order *order);
void measure_list(const Order *order);
void measure_stor(const Order *order);
void measure_login(const Order *order);
void measure_ping(const Order *order);
void measure_idle(const Order *order);
void measure_quit(const Order *order);
void measure_crowd_retr(const Order *order);
void measure_crowd_stor(const Order *order);
void measure_limit(const Order *order);

#endif
