// A blocking TCP connection, with TLS on it or without: all the load generator knows of the network.
#ifndef STREAM_H
#define STREAM_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct {
  int fd;
  SSL *ssl; // NULL: plain
} Stream;

// Prints the message and ends the process: a measurement with a failure in it is none.
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

Stream stream_connect(const char *host, int port);
// Does the client's handshake; certificates are not judged here.
void stream_secure(Stream *stream, SSL_CTX *context);
// Fills at most `size` bytes; 0 at the end, clean or not: the caller counts bytes.
ssize_t stream_read(Stream *stream, void *into, size_t size);
void stream_write(Stream *stream, const void *bytes, size_t size);
// Nothing more will be written: close_notify where there is TLS, then FIN.
void stream_finish(Stream *stream);
void stream_close(Stream *stream);

#endif
