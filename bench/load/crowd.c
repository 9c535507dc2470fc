// Many transfers at once by one thread: nobody waits for another one's reply or bytes.
#include "modes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS_AT_ONCE = 256, QUIET_MS = 60000 };

typedef struct {
  Session *session;
  int number;
  Stream data;
  uint64_t moved;
  char command[512];
  bool asked;  // the port is known and the command is sent
  bool replied; // the last reply came
  bool drained; // the data connection ended
} Transfer;

typedef struct {
  const Order *order;
  bool stores;
  int epoll;
  int next; // the session that begins when another one has ended
  int ended;
  unsigned char *buffer;
  Transfer *transfers;
} Crowd;

// The lowest bit of an event's data tells a data connection from a control connection.
static void watch(const Crowd *crowd, int operation, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data.u64 = data};
  if (epoll_ctl(crowd->epoll, operation, fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
}

static void begin(Crowd *crowd) {
  if (crowd->next == crowd->order->clients) return;
  Transfer *transfer = &crowd->transfers[crowd->next];
  const Order *order = crowd->order;
  if (crowd->stores) {
    snprintf(transfer->command, sizeof transfer->command, "STOR %s-%d-0", order->path, crowd->next);
  } else {
    snprintf(transfer->command, sizeof transfer->command, "RETR %s", order->path);
  }
  transfer->data.fd = -1;
  watch(crowd, EPOLL_CTL_ADD, transfer->session->control.fd, EPOLLIN, (uint64_t)crowd->next << 1);
  session_send(transfer->session, "EPSV");
  crowd->next++;
}

static void end_if_over(Crowd *crowd, Transfer *transfer) {
  if (!transfer->replied || !transfer->drained) return;
  if (transfer->moved != crowd->order->bytes) {
    fail("%s: %llu bytes, not %llu", transfer->command, (unsigned long long)transfer->moved,
         (unsigned long long)crowd->order->bytes);
  }
  watch(crowd, EPOLL_CTL_DEL, transfer->session->control.fd, 0, 0);
  crowd->ended++;
  begin(crowd);
}

static void ask(Crowd *crowd, Transfer *transfer, const char *line) {
  const char *port = strstr(line, "|||");
  if (atoi(line) != 229 || port == NULL) fail("EPSV: %s", line);
  transfer->data = stream_connect(transfer->session->target->host, atoi(port + 3));
  session_send(transfer->session, transfer->command);
  transfer->asked = true;
  watch(crowd, EPOLL_CTL_ADD, transfer->data.fd, crowd->stores ? EPOLLOUT : EPOLLIN,
        (uint64_t)transfer->number << 1 | 1);
}

static void answered(Crowd *crowd, Transfer *transfer, const char *line) {
  int code = atoi(line);
  if (code < 100 || line[3] != ' ') return; // not the last line of a reply
  if (!transfer->asked) {
    ask(crowd, transfer, line);
  } else if (code / 100 == 2) {
    transfer->replied = true;
    end_if_over(crowd, transfer);
  } else if (code / 100 != 1) {
    fail("%s: %s", transfer->command, line);
  }
}

static void control_came(Crowd *crowd, Transfer *transfer) {
  Session *session = transfer->session;
  if (session->end == sizeof session->buffer - 1) fail("a reply too long");
  ssize_t got = stream_read(&session->control, session->buffer + session->end,
                            sizeof session->buffer - 1 - session->end);
  if (got == 0) fail("the server closed the control connection");
  session->end += (size_t)got;
  session->buffer[session->end] = '\0';
  char *line = session->buffer;
  for (char *end; (end = strstr(line, "\r\n")) != NULL; line = end + 2) {
    *end = '\0';
    answered(crowd, transfer, line);
  }
  session->end -= (size_t)(line - session->buffer);
  memmove(session->buffer, line, session->end);
}

static void drained(Crowd *crowd, Transfer *transfer) {
  stream_close(&transfer->data);
  transfer->drained = true;
  end_if_over(crowd, transfer);
}

// One read or write an event: those that wait have their turn.
static void data_came(Crowd *crowd, Transfer *transfer) {
  uint64_t left = crowd->order->bytes - transfer->moved;
  if (!crowd->stores || left == 0) {
    ssize_t got = stream_read(&transfer->data, crowd->buffer, READ_BYTES);
    if (!crowd->stores) transfer->moved += (uint64_t)got;
    if (got == 0) drained(crowd, transfer);
    return;
  }
  uint64_t size = left < READ_BYTES ? left : READ_BYTES;
  const unsigned char *bytes = pattern() + transfer->moved % BLOCK_BYTES;
  ssize_t put = send(transfer->data.fd, bytes, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (put < 0 && errno != EAGAIN) fail("send: %s", strerror(errno));
  if (put > 0) transfer->moved += (uint64_t)put;
  if (transfer->moved < crowd->order->bytes) return;
  stream_finish(&transfer->data);
  watch(crowd, EPOLL_CTL_MOD, transfer->data.fd, EPOLLIN, (uint64_t)transfer->number << 1 | 1);
}

static void move_all(Crowd *crowd) {
  for (int i = 0; i < crowd->order->at_once; i++) begin(crowd);
  struct epoll_event events[EVENTS_AT_ONCE];
  while (crowd->ended < crowd->order->clients) {
    int count = epoll_wait(crowd->epoll, events, EVENTS_AT_ONCE, QUIET_MS);
    if (count <= 0) fail("nothing moves");
    for (int i = 0; i < count; i++) {
      Transfer *transfer = &crowd->transfers[events[i].data.u64 >> 1];
      if ((events[i].data.u64 & 1) == 0) control_came(crowd, transfer);
      else data_came(crowd, transfer);
    }
  }
}

static void measure_crowd(const char *mode, const Order *order, bool stores) {
  if (order->target.tls != NULL) fail("%s has no TLS", mode);
  Session *sessions = sessions_open(&order->target, order->clients);
  Crowd crowd = {.order = order,
                 .stores = stores,
                 .epoll = epoll_create1(EPOLL_CLOEXEC),
                 .buffer = malloc(READ_BYTES),
                 .transfers = calloc((size_t)order->clients, sizeof *crowd.transfers)};
  if (crowd.epoll < 0 || crowd.buffer == NULL || crowd.transfers == NULL) fail("no memory");
  for (int i = 0; i < order->clients; i++) {
    crowd.transfers[i].session = &sessions[i];
    crowd.transfers[i].number = i;
    sessions[i].start = sessions[i].end = 0;
  }
  double began = now_seconds(), cpu = cpu_seconds();
  move_all(&crowd);
  report(mode, order->bytes * (uint64_t)order->clients, order->clients, now_seconds() - began,
         cpu_seconds() - cpu);
  wait_for_leave();
  for (int i = 0; i < order->clients; i++) sessions[i].start = sessions[i].end = 0;
  sessions_close(sessions, order->clients);
  close(crowd.epoll);
  free(crowd.buffer);
  free(crowd.transfers);
}

void measure_crowd_retr(const Order *order) { measure_crowd("crowd-retr", order, false); }
void measure_crowd_stor(const Order *order) { measure_crowd("crowd-stor", order, true); }
