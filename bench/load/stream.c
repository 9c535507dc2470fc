// A blocking TCP connection, with TLS on it or without.
#include "stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { WAIT_SECONDS = 60 }; // a server that says nothing for so long has failed

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  _exit(1);
}

Stream stream_connect(const char *host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail("not an IPv4 address: %s", host);
  Stream stream = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (stream.fd < 0) fail("socket: %s", strerror(errno));
  struct timeval wait = {.tv_sec = WAIT_SECONDS};
  int on = 1;
  setsockopt(stream.fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  setsockopt(stream.fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  setsockopt(stream.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(stream.fd, (struct sockaddr *)&address, sizeof address) != 0) {
    fail("connect to port %d: %s", port, strerror(errno));
  }
  return stream;
}

void stream_secure(Stream *stream, SSL_CTX *context) {
  stream->ssl = SSL_new(context);
  if (stream->ssl == NULL || SSL_set_fd(stream->ssl, stream->fd) != 1) fail("SSL_new");
  if (SSL_connect(stream->ssl) != 1) {
    fail("TLS handshake: %s", ERR_error_string(ERR_get_error(), NULL));
  }
}

ssize_t stream_read(Stream *stream, void *into, size_t size) {
  if (stream->ssl != NULL) {
    int got = SSL_read(stream->ssl, into, size > 1 << 30 ? 1 << 30 : (int)size);
    return got > 0 ? got : 0;
  }
  ssize_t got = recv(stream->fd, into, size, 0);
  if (got < 0 && errno != ECONNRESET) fail("recv: %s", strerror(errno));
  return got > 0 ? got : 0;
}

void stream_write(Stream *stream, const void *bytes, size_t size) {
  const char *next = bytes;
  while (size > 0) {
    ssize_t put = stream->ssl != NULL
                      ? SSL_write(stream->ssl, next, size > 1 << 30 ? 1 << 30 : (int)size)
                      : send(stream->fd, next, size, MSG_NOSIGNAL);
    if (put <= 0) fail("send: %s", strerror(errno));
    next += put;
    size -= (size_t)put;
  }
}

void stream_finish(Stream *stream) {
  if (stream->ssl != NULL) SSL_shutdown(stream->ssl);
  shutdown(stream->fd, SHUT_WR);
}

void stream_close(Stream *stream) {
  if (stream->ssl != NULL) SSL_free(stream->ssl);
  if (stream->fd >= 0) close(stream->fd);
  *stream = (Stream){.fd = -1};
}
