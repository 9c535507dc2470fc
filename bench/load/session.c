// One FTP session of the load generator.
#include "session.h"
#include "modes.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_byte(Session *session) {
  if (session->start == session->end) {
    ssize_t got = stream_read(&session->control, session->buffer, sizeof session->buffer);
    if (got <= 0) fail("the server closed the control connection");
    session->start = 0;
    session->end = (size_t)got;
  }
  return (unsigned char)session->buffer[session->start++];
}

static void read_line(Session *session, char *line, size_t size) {
  size_t length = 0;
  for (int byte = read_byte(session); byte != '\n'; byte = read_byte(session)) {
    if (length + 1 < size && byte != '\r') line[length++] = (char)byte;
  }
  line[length] = '\0';
}

// The last line of a reply is `CODE text`, whatever the ones before it look like.
static int read_reply(Session *session, int expected, const char *what, char *line, size_t size) {
  int code;
  do {
    read_line(session, line, size);
    code = atoi(line);
  } while (code < 100 || code > 599 || line[3] != ' ');
  if (code / 100 != expected) fail("%s: expected %dxx, got: %s", what, expected, line);
  return code;
}

int session_reply(Session *session, int expected, const char *what) {
  char line[1024];
  return read_reply(session, expected, what, line, sizeof line);
}

void session_send(Session *session, const char *line) {
  char bytes[1024];
  int length = snprintf(bytes, sizeof bytes, "%s\r\n", line);
  if (length < 0 || (size_t)length >= sizeof bytes) fail("a command too long");
  stream_write(&session->control, bytes, (size_t)length);
}

int session_command(Session *session, int expected, const char *format, ...) {
  char line[1000];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  session_send(session, line);
  return session_reply(session, expected, line);
}

void session_open(Session *session, const Target *target) {
  session->target = target;
  session->start = session->end = 0;
  session->control = stream_connect(target->host, target->port);
  session_reply(session, 2, "greeting");
  if (target->tls != NULL) {
    session_command(session, 2, "AUTH TLS");
    stream_secure(&session->control, target->tls);
  }
  session_command(session, 3, "USER %s", target->user);
  session_command(session, 2, "PASS %s", target->password);
  session_command(session, 2, "TYPE I");
  if (target->tls != NULL) {
    session_command(session, 2, "PBSZ 0");
    session_command(session, 2, "PROT P");
  }
}

void session_close(Session *session) {
  session_command(session, 2, "QUIT");
  stream_close(&session->control);
}

static unsigned char block[BLOCK_BYTES + READ_BYTES];

static void fill_block(void) {
  uint64_t state = 88172645463325252u; // xorshift64: no compressing, no deduplicating
  for (size_t at = 0; at < BLOCK_BYTES; at += 8) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    memcpy(block + at, &state, 8);
  }
  // So that a comparison may run over the end of the block.
  memcpy(block + BLOCK_BYTES, block, READ_BYTES);
}

const unsigned char *pattern(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, fill_block);
  return block;
}

// Sends the command behind EPSV and the connect, then lets TLS begin: the order of RFC 4217's own
// examples, and the only one that pyftpdlib 1.5.7 can follow.
static Stream open_data(Session *session, const char *verb, const char *path) {
  char line[1024];
  session_send(session, "EPSV");
  read_reply(session, 2, "EPSV", line, sizeof line);
  const char *port = strstr(line, "|||");
  if (port == NULL) fail("no port in: %s", line);
  Stream data = stream_connect(session->target->host, atoi(port + 3));
  snprintf(line, sizeof line, "%s %s", verb, path);
  session_send(session, line);
  session_reply(session, 1, line);
  if (session->target->tls != NULL) stream_secure(&data, session->target->tls);
  return data;
}

void session_retrieve(Session *session, const char *path, const Content *content) {
  Stream data = open_data(session, "RETR", path);
  unsigned char *buffer = malloc(READ_BYTES);
  if (buffer == NULL) fail("no memory");
  uint64_t moved = 0;
  for (;;) {
    if (content->stop != NULL && *content->stop) break;
    ssize_t got = stream_read(&data, buffer, READ_BYTES);
    if (got == 0) break;
    if (content->verify && memcmp(buffer, pattern() + moved % BLOCK_BYTES, (size_t)got) != 0) {
      fail("%s: wrong bytes near %llu", path, (unsigned long long)moved);
    }
    moved += (uint64_t)got;
    if (content->moved != NULL) *content->moved += (uint64_t)got;
  }
  free(buffer);
  if (content->stop != NULL && *content->stop) {
    stream_close(&data);
    return;
  }
  if (data.ssl != NULL) stream_finish(&data);
  stream_close(&data);
  session_reply(session, 2, "the end of RETR");
  if (moved != content->expected) {
    fail("%s: %llu bytes, not %llu", path, (unsigned long long)moved,
         (unsigned long long)content->expected);
  }
}

Listed session_list(Session *session, const char *verb, const char *path) {
  Listed listed = {0};
  double began = now_seconds();
  Stream data = open_data(session, verb, path);
  char *buffer = malloc(READ_BYTES);
  if (buffer == NULL) fail("no memory");
  for (;;) {
    ssize_t got = stream_read(&data, buffer, READ_BYTES);
    if (got == 0) break;
    if (listed.bytes == 0) listed.first_seconds = now_seconds() - began;
    listed.bytes += (uint64_t)got;
    for (ssize_t at = 0; at < got; at++) listed.lines += buffer[at] == '\n';
  }
  free(buffer);
  if (data.ssl != NULL) stream_finish(&data);
  stream_close(&data);
  session_reply(session, 2, "the end of the listing");
  return listed;
}

void session_store(Session *session, const char *path, uint64_t bytes) {
  Stream data = open_data(session, "STOR", path);
  for (uint64_t moved = 0; moved < bytes;) {
    uint64_t size = BLOCK_BYTES - moved % BLOCK_BYTES;
    if (size > READ_BYTES) size = READ_BYTES;
    if (size > bytes - moved) size = bytes - moved;
    stream_write(&data, pattern() + moved % BLOCK_BYTES, (size_t)size);
    moved += size;
  }
  stream_finish(&data);
  // The peer's close_notify, or its FIN: a connection closed over unread bytes would be reset.
  char rest[256];
  while (stream_read(&data, rest, sizeof rest) > 0) {
  }
  stream_close(&data);
  session_reply(session, 2, "the end of STOR");
}
