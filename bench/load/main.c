// The load generator: one measurement a run, its result as one line of JSON on standard output.
//
//   load MODE host=127.0.0.1 port=N user=U password=P [tls=1] [clients=N] [count=N] [path=P] [bytes=N]
//
//   retr    each client downloads `path` `count` times            (verify=1 compares every byte)
//   stor    each client uploads `count` files `path`-CLIENT-INDEX
//   list    one session lists `path` by `verb`; `count` lines are expected
//   login   each client connects, logs in and quits, `count` times
//   ping    one session says NOOP for `seconds`, while `clients` others download `path` all the time
//   idle    opens `clients` sessions
//   quit    `clients` sessions say QUIT at once; until each is answered
//   crowd-retr, crowd-stor
//           `clients` sessions move a file of `bytes` each (`path`, `path`-CLIENT-0), `at_once` of them at
//           a time, without a thread each; no TLS
//   limit   no FTP: this machine's own limit, memory to socket to memory, `bytes` (tls=1 cert= key=)
//
// `idle=N` opens so many sessions first, in any mode, which then say nothing. Sessions of retr, stor,
// list, idle, crowd-retr and crowd-stor stay open after the result until standard input ends.
#include "session.h"
#include "modes.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *option(int count, char **words, const char *name, const char *otherwise) {
  size_t length = strlen(name);
  for (int i = 2; i < count; i++) {
    if (strncmp(words[i], name, length) == 0 && words[i][length] == '=') {
      return words[i] + length + 1;
    }
  }
  return otherwise;
}

int main(int count, char **words) {
  if (count < 2) fail("which mode?");
  signal(SIGPIPE, SIG_IGN);
#define OPTION(name, otherwise) option(count, words, name, otherwise)
  Order order = {
      .target = {.host = OPTION("host", "127.0.0.1"),
                 .port = atoi(OPTION("port", "0")),
                 .user = OPTION("user", "anonymous"),
                 .password = OPTION("password", "x@example.org")},
      .clients = atoi(OPTION("clients", "1")),
      .count = atoi(OPTION("count", "1")),
      .idle = atoi(OPTION("idle", "0")),
      .at_once = atoi(OPTION("at_once", "0")),
      .seconds = atof(OPTION("seconds", "2")),
      .path = OPTION("path", "/"),
      .verb = OPTION("verb", "LIST"),
      .bytes = strtoull(OPTION("bytes", "0"), NULL, 10),
      .verify = atoi(OPTION("verify", "0")) != 0,
      .certificate = OPTION("cert", NULL),
      .key = OPTION("key", NULL),
  };
  if (atoi(OPTION("tls", "0")) != 0) {
    order.target.tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(order.target.tls, SSL_VERIFY_NONE, NULL);
  }
  if (order.at_once <= 0 || order.at_once > order.clients) order.at_once = order.clients;
  pattern();
  static const struct {
    const char *name;
    void (*run)(const Order *);
  } modes[] = {{"retr", measure_retr}, {"stor", measure_stor}, {"login", measure_login},
               {"ping", measure_ping}, {"idle", measure_idle}, {"limit", measure_limit},
               {"list", measure_list}, {"quit", measure_quit},
               {"crowd-retr", measure_crowd_retr}, {"crowd-stor", measure_crowd_stor}};
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    if (strcmp(words[1], modes[i].name) == 0) {
      Session *idle = sessions_open(&order.target, order.idle);
      modes[i].run(&order);
      sessions_close(idle, order.idle);
      return 0;
    }
  }
  fail("no such mode: %s", words[1]);
}
