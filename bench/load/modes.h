// What can be measured, and with what.
#ifndef MODES_H
#define MODES_H

#include "session.h"

typedef struct {
  Target target;
  int clients;
  int count;
  double seconds;
  const char *path;
  const char *verb;
  uint64_t bytes;
  bool verify;
  const char *certificate;
  const char *key;
} Order;

double now_seconds(void);
// CPU time of this process so far, user and system.
double cpu_seconds(void);

void measure_retr(const Order *order);
void measure_list(const Order *order);
void measure_stor(const Order *order);
void measure_login(const Order *order);
void measure_ping(const Order *order);
void measure_idle(const Order *order);
void measure_limit(const Order *order);

#endif
