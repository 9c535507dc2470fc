// What this machine can do at all: memory to socket to memory, without FTP, files or a server.
#include "modes.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int listen_anywhere(int *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen(listener, 1) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
    fail("no listener");
  }
  *port = ntohs(address.sin_port);
  return listener;
}

// The other process: takes one connection and sends `bytes` of the pattern.
static void serve(int listener, const Order *order) {
  Stream stream = {.fd = accept(listener, NULL, NULL)};
  if (stream.fd < 0) fail("accept");
  if (order->certificate != NULL) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, order->certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, order->key, SSL_FILETYPE_PEM) != 1) {
      fail("certificate or key cannot be used");
    }
    stream.ssl = SSL_new(context);
    SSL_set_fd(stream.ssl, stream.fd);
    if (SSL_accept(stream.ssl) != 1) fail("TLS handshake");
  }
  for (uint64_t moved = 0; moved < order->bytes;) {
    uint64_t size = order->bytes - moved < READ_BYTES ? order->bytes - moved : READ_BYTES;
    stream_write(&stream, pattern() + moved % BLOCK_BYTES, (size_t)size);
    moved += size;
  }
  stream_finish(&stream);
  stream_close(&stream);
}

void measure_limit(const Order *order) {
  int port;
  int listener = listen_anywhere(&port);
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    serve(listener, order);
    _exit(0);
  }
  close(listener);
  Stream stream = stream_connect("127.0.0.1", port);
  if (order->target.tls != NULL) stream_secure(&stream, order->target.tls);
  unsigned char *buffer = malloc(READ_BYTES);
  double began = now_seconds();
  uint64_t bytes = 0;
  for (ssize_t got; (got = stream_read(&stream, buffer, READ_BYTES)) > 0;) bytes += (uint64_t)got;
  double seconds = now_seconds() - began;
  int status;
  waitpid(child, &status, 0);
  if (bytes != order->bytes || status != 0) fail("%llu bytes", (unsigned long long)bytes);
  printf("{\"mode\":\"limit\",\"bytes\":%llu,\"items\":1,\"seconds\":%.6f,\"cpuSeconds\":%.6f}\n",
         (unsigned long long)bytes, seconds, cpu_seconds());
  free(buffer);
}
