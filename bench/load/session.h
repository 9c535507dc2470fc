// One FTP session of the load generator: login, one command at a time, one file at a time.
#ifndef SESSION_H
#define SESSION_H

#include "stream.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const char *host;
  int port;
  const char *user;
  const char *password;
  SSL_CTX *tls; // NULL: no TLS at all
} Target;

typedef struct {
  const Target *target;
  Stream control;
  char buffer[8192]; // what the control connection brought and no reply has used
  size_t start, end;
} Session;

// Connects and logs in; with TLS, both connections are protected.
void session_open(Session *session, const Target *target);
// QUIT, its reply, and the end.
void session_close(Session *session);
// Sends one command and reads its reply; fails unless the first digit is `expected`.
int session_command(Session *session, int expected, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int session_reply(Session *session, int expected, const char *what);
// Sends one command; its reply is still to be read.
void session_send(Session *session, const char *line);

// What the bytes of a file must be: `expected` of them; with `verify`, each of the known pattern.
typedef struct {
  uint64_t expected;
  bool verify;
  atomic_bool *stop;       // when it becomes true the transfer is left; may be NULL
  _Atomic uint64_t *moved; // counts along; may be NULL
} Content;

// The known pattern: a block that repeats through every file of the benchmark.
enum { BLOCK_BYTES = 1 << 20, READ_BYTES = 256 << 10 };
const unsigned char *pattern(void);

void session_retrieve(Session *session, const char *path, const Content *content);
// Lists `path` by `verb`; the seconds until the first byte came, and how many lines there were.
typedef struct {
  double first_seconds;
  long lines;
  uint64_t bytes;
} Listed;
Listed session_list(Session *session, const char *verb, const char *path);
void session_store(Session *session, const char *path, uint64_t bytes);

#endif
