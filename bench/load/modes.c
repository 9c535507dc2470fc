// Transfers, logins, pings and idle sessions, by threads that start together.
#include "modes.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
  STACK_BYTES = 256 << 10,     // 300 threads and more
  PINGS_LIMIT = 100000,
  PING_EVERY_NS = 2000000,     // 500 a second: enough for a p99, too few to be the load
  WARM_BYTES = 64 << 20,       // the others must be at full speed before the first NOOP counts
};

double now_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

typedef struct Client {
  const Order *order;
  int number;
  void (*work)(struct Client *);
  pthread_barrier_t *start;
  Session session;
  pthread_t thread;
  atomic_bool *stop;
  _Atomic uint64_t moved;
  double ended;
} Client;

static void *client_main(void *argument) {
  Client *client = argument;
  client->work(client);
  client->ended = now_seconds();
  return NULL;
}

static Client *clients_start(const Order *order, void (*work)(Client *),
                             pthread_barrier_t *start, atomic_bool *stop) {
  Client *clients = calloc((size_t)order->clients, sizeof *clients);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  for (int i = 0; i < order->clients; i++) {
    clients[i] = (Client){
        .order = order, .number = i, .work = work, .start = start, .stop = stop};
    if (pthread_create(&clients[i].thread, &attributes, client_main, &clients[i]) != 0) {
      fail("thread %d cannot be made", i);
    }
  }
  return clients;
}

void report(const char *mode, uint64_t bytes, long items, double seconds, double cpu) {
  printf("{\"mode\":\"%s\",\"bytes\":%llu,\"items\":%ld,\"seconds\":%.6f,\"cpuSeconds\":%.6f}\n", mode,
         (unsigned long long)bytes, items, seconds, cpu);
}

void wait_for_leave(void) {
  fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
}

// All clients do their `work` at once; what counts is the time from the common start to the last end.
static void measure_together(const char *mode, const Order *order, void (*work)(Client *)) {
  pthread_barrier_t start;
  pthread_barrier_init(&start, NULL, (unsigned)order->clients + 1);
  Client *clients = clients_start(order, work, &start, NULL);
  pthread_barrier_wait(&start);
  double began = now_seconds(), cpu = cpu_seconds(), ended = began;
  uint64_t bytes = 0;
  for (int i = 0; i < order->clients; i++) {
    pthread_join(clients[i].thread, NULL);
    if (clients[i].ended > ended) ended = clients[i].ended;
    bytes += clients[i].moved;
  }
  report(mode, bytes, (long)order->clients * order->count, ended - began, cpu_seconds() - cpu);
  // Some servers forget what a session cost once its process has ended: it stays until then.
  wait_for_leave();
  for (int i = 0; i < order->clients; i++) {
    if (clients[i].session.control.fd > 0) session_close(&clients[i].session);
  }
  free(clients);
}

static void work_retr(Client *client) {
  const Order *order = client->order;
  session_open(&client->session, &order->target);
  pthread_barrier_wait(client->start);
  for (int i = 0; i < order->count; i++) {
    Content content = {.expected = order->bytes, .verify = order->verify, .moved = &client->moved};
    session_retrieve(&client->session, order->path, &content);
  }
}

static void work_stor(Client *client) {
  const Order *order = client->order;
  session_open(&client->session, &order->target);
  pthread_barrier_wait(client->start);
  for (int i = 0; i < order->count; i++) {
    char path[512];
    snprintf(path, sizeof path, "%s-%d-%d", order->path, client->number, i);
    session_store(&client->session, path, order->bytes);
    client->moved += order->bytes;
  }
}

static void work_login(Client *client) {
  pthread_barrier_wait(client->start);
  for (int i = 0; i < client->order->count; i++) {
    session_open(&client->session, &client->order->target);
    session_close(&client->session);
  }
}

void measure_retr(const Order *order) { measure_together("retr", order, work_retr); }
void measure_stor(const Order *order) { measure_together("stor", order, work_stor); }
void measure_login(const Order *order) { measure_together("login", order, work_login); }

static void work_background(Client *client) {
  const Order *order = client->order;
  session_open(&client->session, &order->target);
  while (!*client->stop) {
    Content content = {.expected = order->bytes, .stop = client->stop, .moved = &client->moved};
    session_retrieve(&client->session, order->path, &content);
  }
  stream_close(&client->session.control);
}

static int compare_doubles(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static uint64_t total(const Client *clients, int count) {
  uint64_t bytes = 0;
  for (int i = 0; i < count; i++) bytes += clients[i].moved;
  return bytes;
}

void measure_ping(const Order *order) {
  atomic_bool stop = false;
  Session session;
  session_open(&session, &order->target);
  Client *clients = clients_start(order, work_background, NULL, &stop);
  const struct timespec pause = {.tv_nsec = PING_EVERY_NS};
  while (order->clients > 0 && total(clients, order->clients) < WARM_BYTES) nanosleep(&pause, NULL);
  static double waits[PINGS_LIMIT];
  int pings = 0;
  double began = now_seconds();
  uint64_t before = total(clients, order->clients);
  while (pings < PINGS_LIMIT && now_seconds() - began < order->seconds) {
    double sent = now_seconds();
    session_command(&session, 2, "NOOP");
    waits[pings++] = now_seconds() - sent;
    nanosleep(&pause, NULL);
  }
  double seconds = now_seconds() - began;
  uint64_t bytes = total(clients, order->clients) - before;
  stop = true;
  for (int i = 0; i < order->clients; i++) pthread_join(clients[i].thread, NULL);
  qsort(waits, (size_t)pings, sizeof *waits, compare_doubles);
  printf("{\"mode\":\"ping\",\"pings\":%d,\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"maxMs\":%.3f,"
         "\"bytes\":%llu,\"seconds\":%.6f}\n",
         pings, waits[pings / 2] * 1e3, waits[pings * 99 / 100] * 1e3, waits[pings - 1] * 1e3,
         (unsigned long long)bytes, seconds);
  free(clients);
}

void measure_list(const Order *order) {
  Session session;
  session_open(&session, &order->target);
  double began = now_seconds(), cpu = cpu_seconds();
  Listed listed = session_list(&session, order->verb, order->path);
  // Some servers list the directory itself and its parent too.
  if (listed.lines < order->count || listed.lines > order->count + 2) {
    fail("%ld lines, not %d", listed.lines, order->count);
  }
  printf("{\"mode\":\"list\",\"bytes\":%llu,\"items\":%ld,\"firstMs\":%.3f,\"seconds\":%.6f,"
         "\"cpuSeconds\":%.6f}\n",
         (unsigned long long)listed.bytes, listed.lines, listed.first_seconds * 1e3,
         now_seconds() - began, cpu_seconds() - cpu);
  wait_for_leave();
  session_close(&session);
}

Session *sessions_open(const Target *target, int clients) {
  Session *sessions = calloc((size_t)clients, sizeof *sessions);
  if (sessions == NULL) fail("no memory");
  for (int i = 0; i < clients; i++) session_open(&sessions[i], target);
  return sessions;
}

void sessions_close(Session *sessions, int clients) {
  for (int i = 0; i < clients; i++) session_close(&sessions[i]);
  free(sessions);
}

void measure_idle(const Order *order) {
  double began = now_seconds(), cpu = cpu_seconds();
  Session *sessions = sessions_open(&order->target, order->clients);
  report("idle", 0, order->clients, now_seconds() - began, cpu_seconds() - cpu);
  wait_for_leave();
  sessions_close(sessions, order->clients);
}

void measure_quit(const Order *order) {
  Session *sessions = sessions_open(&order->target, order->clients);
  double began = now_seconds(), cpu = cpu_seconds();
  for (int i = 0; i < order->clients; i++) session_send(&sessions[i], "QUIT");
  for (int i = 0; i < order->clients; i++) session_reply(&sessions[i], 2, "QUIT");
  report("quit", 0, order->clients, now_seconds() - began, cpu_seconds() - cpu);
  for (int i = 0; i < order->clients; i++) stream_close(&sessions[i].control);
  free(sessions);
}
