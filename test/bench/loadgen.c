// loadgen.c: WebSocket and HTTP load generator of the bench. One thread, epoll, talks to 127.0.0.1 only.
//   loadgen -m pingpong|http|blast|sink|churn|idle -p PORT [-c conns] [-n count] [-d max seconds] [-s size] [-f frag] [-T]
// Protocol with the harness: prints "READY" once every connection is open, waits for a line on stdin, runs
// (bounded by -n AND -d), prints one JSON line, waits for another line (or end of input) and exits.
//   pingpong: one masked text message in flight per connection, next one on the echo; -n is the total
//   http:     GET /plain over kept-alive connections, one in flight on each; -n is the total
//   blast:    server -> client, -n messages per connection    sink: client -> server, -n messages per connection
//   churn:    connect, handshake, one echo, close handshake; -c at a time, -n in total
//   idle:     opens -c connections and holds them
// build: gcc -O2 -DTLS -o loadgen loadgen.c -lssl -lcrypto   (without -DTLS and the libraries: no -T)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
static SSL_CTX *ctx;
#endif

enum { PINGPONG, BLAST, SINK, CHURN, IDLE, HTTP };
enum { CONN, TLSHS, HSOUT, HSIN, OPEN, DEAD };
struct conn {
  int fd, st, want, done;
#ifdef TLS
  SSL *ssl;
#endif
  const uint8_t *o; size_t oo, ol; uint64_t left;  // output: block o of length ol, cyclic while left
  char hs[4096]; int hl;
  uint8_t hdr[14]; int fh, fn; uint64_t plen; int inpay, fin, op;
  uint64_t t0, msgs;
};
static int ep, mode, port, nconn = 1, tls, npend, nopen, running, errs, nstart, ndead;
static uint64_t count = 1000, size = 64, frag = 0, started_at, total_msgs, total_frames, total_bytes, sent_msgs, launched;
static double maxsec = 2;
static uint8_t *blk; static size_t blklen, msgwire;
static char req[1024]; static int reqlen;
static uint8_t rb[262144];
static uint32_t *lat; static size_t nlat, caplat;
static struct conn *cs; static struct sockaddr_in sa;
static const uint8_t CLOSEF[] = {0x88, 0x82, 1, 2, 3, 4, 0x03 ^ 1, 0xE8 ^ 2};
static uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }

static void fail(struct conn *c, const char *why);
static void build(void) {
  if (!frag || frag > size) frag = size;
  size_t reps = mode != SINK ? 1 : size >= 65536 ? 1 : 65536 / (size + 14) + 1, nf = (size + frag - 1) / frag;
  blk = malloc((size + nf * 14) * reps);
  int op = mode == PINGPONG || mode == CHURN || size <= 1024 ? 1 : 2;
  uint64_t dsize = mode == BLAST ? 2 : size, dfrag = mode == BLAST ? 2 : frag;  // blast: just the go message
  for (size_t r = 0; r < reps; r++) {
    size_t done = 0;
    while (done < dsize) {
      size_t l = dsize - done < dfrag ? dsize - done : dfrag; uint8_t *p = blk + blklen, k[4] = {0x37, 0xfa, 0x21, 0x3d};
      p[0] = (done ? 0 : op) | (done + l == dsize ? 0x80 : 0); int h = 2;
      if (l < 126) p[1] = 0x80 | l;
      else if (l < 65536) { p[1] = 0x80 | 126; p[2] = l >> 8; p[3] = l; h = 4; }
      else { p[1] = 0x80 | 127; for (int i = 0; i < 8; i++) p[2 + i] = (uint64_t)l >> (56 - 8 * i); h = 10; }
      memcpy(p + h, k, 4); h += 4;
      for (size_t i = 0; i < l; i++) p[h + i] = ('a' + (done + i) % 23) ^ k[i & 3];
      blklen += h + l; done += l;
    }
    if (!r) msgwire = blklen;
  }
}
static void setwant(struct conn *c, int w) {
  if (c->want == w) return;
  c->want = w; struct epoll_event e = {.events = w, .data.ptr = c};
  epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
}
static void start(struct conn *c) {
  int one = 1, was = c->done;
  memset(c, 0, sizeof *c); c->done = was;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  c->t0 = now(); c->st = CONN; c->want = EPOLLOUT; npend++; nstart++;
  struct epoll_event e = {.events = EPOLLOUT, .data.ptr = c};
  epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
  if (connect(c->fd, (void *)&sa, sizeof sa) && errno != EINPROGRESS) fail(c, "connect");
}
static void drop(struct conn *c) {
#ifdef TLS
  if (c->ssl) { SSL_free(c->ssl); c->ssl = 0; }
#endif
  close(c->fd); c->st = DEAD;
}
static void fail(struct conn *c, const char *why) {
  if (errs++ < 3) fprintf(stderr, "loadgen: %s (state %d, %s)\n", why, c->st, strerror(errno));
  if (c->st < OPEN) npend--; else nopen--;
  ndead++;
  drop(c);
  if (mode == CHURN && running && errs < 200) start(c);
}
static ssize_t rd(struct conn *c, void *b, size_t n) {  // -1 fatal, -2 again, 0 eof
#ifdef TLS
  if (c->ssl) {
    int r = SSL_read(c->ssl, b, n);
    if (r > 0) return r;
    int e = SSL_get_error(c->ssl, r);
    if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE) return -2;
    ERR_clear_error();
    return e == SSL_ERROR_ZERO_RETURN ? 0 : -1;
  }
#endif
  ssize_t r = recv(c->fd, b, n, 0);
  return r >= 0 ? r : errno == EAGAIN || errno == EINTR ? -2 : -1;
}
static ssize_t wr(struct conn *c, const void *b, size_t n) {
#ifdef TLS
  if (c->ssl) {
    int r = SSL_write(c->ssl, b, n);
    if (r > 0) return r;
    int e = SSL_get_error(c->ssl, r);
    ERR_clear_error();
    return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? -2 : -1;
  }
#endif
  ssize_t r = send(c->fd, b, n, MSG_NOSIGNAL);
  return r >= 0 ? r : errno == EAGAIN || errno == EINTR ? -2 : -1;
}
static int flush(struct conn *c) {
  size_t budget = 1 << 20;
  while (c->left) {
    if (mode == SINK && running && !budget) { setwant(c, EPOLLIN | EPOLLOUT); return 0; }
    size_t l = c->ol - c->oo; if (l > 65536) l = 65536; if (l > c->left) l = c->left;
    ssize_t w = wr(c, c->o + c->oo, l);
    if (w == -1) { fail(c, "write"); return -1; }
    if (w == -2) { setwant(c, EPOLLIN | EPOLLOUT); return 0; }
    c->oo += w; if (c->oo == c->ol) c->oo = 0;
    c->left -= w; budget = budget > (size_t)w ? budget - w : 0;
  }
  setwant(c, EPOLLIN);
  return 1;
}
static int out(struct conn *c, const void *p, size_t l, uint64_t n) { c->o = p; c->ol = l; c->oo = 0; c->left = n; return flush(c); }
static int ping(struct conn *c) { if (mode == PINGPONG || mode == HTTP) c->t0 = now(); sent_msgs++; return out(c, blk, blklen, blklen); }
static void record(uint64_t t) {
  if (nlat == caplat) { caplat = caplat ? caplat * 2 : 65536; lat = realloc(lat, caplat * 4); }
  lat[nlat++] = t > 4000000000u ? 4000000000u : t;
}
static int message(struct conn *c) {  // a data message is complete
  c->msgs++; if (running) total_msgs++;
  if (mode == PINGPONG || mode == HTTP) {
    record(now() - c->t0);
    if (sent_msgs < count) return ping(c) < 0 ? -1 : 0;
    c->done = 1;
  } else if (mode == BLAST || mode == SINK) { if (c->msgs >= count) c->done = 1; }
  else if (mode == CHURN) return out(c, CLOSEF, sizeof CLOSEF, sizeof CLOSEF) < 0 ? -1 : 0;
  return 0;
}
static int parse(struct conn *c, uint8_t *p, size_t n) {
  if (running) total_bytes += n;
  while (n) {
    if (!c->inpay) {
      while (n && (c->fh < 2 || c->fh < c->fn)) {
        c->hdr[c->fh++] = *p++; n--;
        if (c->fh == 2) { int l = c->hdr[1] & 127; c->fn = 2 + (l == 126 ? 2 : l == 127 ? 8 : 0); }
      }
      if (c->fh < 2 || c->fh < c->fn) return 0;
      int l = c->hdr[1] & 127; c->plen = l;
      if (l == 126) c->plen = c->hdr[2] << 8 | c->hdr[3];
      else if (l == 127) { c->plen = 0; for (int i = 0; i < 8; i++) c->plen = c->plen << 8 | c->hdr[2 + i]; }
      c->fin = c->hdr[0] >> 7; c->op = c->hdr[0] & 15; c->inpay = 1;
    }
    size_t l = c->plen < n ? c->plen : n;
    c->plen -= l; p += l; n -= l;
    if (!c->plen) {
      c->inpay = 0; c->fh = 0; if (running) total_frames++;
      if (c->op == 8) {
        if (mode != CHURN) { fail(c, "unexpected close frame"); return -1; }
        record(now() - c->t0); nopen--; drop(c); c->done++;
        if (launched < count && running) { launched++; start(c); }
        return -1;
      }
      if (c->op < 8 && c->fin && message(c)) return -1;
    }
  }
  return 0;
}
// An answer with a Content-Length; several never arrive at once, since one is in flight. -1 when the connection is gone.
static int answer(struct conn *c, const uint8_t *p, size_t n) {
  if (running) total_bytes += n;
  if (c->hl + n >= sizeof c->hs) { fail(c, "long answer"); return -1; }
  memcpy(c->hs + c->hl, p, n); c->hl += n; c->hs[c->hl] = 0;
  char *e = strstr(c->hs, "\r\n\r\n");
  if (!e) return 0;
  if (strncmp(c->hs, "HTTP/1.1 200", 12)) { fprintf(stderr, "loadgen: %.60s\n", c->hs); fail(c, "not 200"); return -1; }
  char *l = strcasestr(c->hs, "\r\ncontent-length:");
  if (!l || l > e) { fail(c, "no length"); return -1; }
  if (c->hs + c->hl < e + 4 + atoi(l + 17)) return 0;
  c->hl = 0;
  return message(c) ? -1 : 0;
}
static int opened(struct conn *c) {
  c->st = OPEN; npend--; nopen++;
  if (mode == CHURN) return ping(c) < 0 ? -1 : 0;
  return 0;
}
static void event(struct conn *c, int ev) {
  if (c->st == DEAD) return;
  if (c->st == CONN) {
    int e = 0; socklen_t l = sizeof e; getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &l);
    if (e) { errno = e; fail(c, "connect"); return; }
    c->st = HSOUT;
#ifdef TLS
    if (tls) { c->ssl = SSL_new(ctx); SSL_set_fd(c->ssl, c->fd); SSL_set_connect_state(c->ssl); SSL_set_tlsext_host_name(c->ssl, "localhost"); c->st = TLSHS; }
#endif
  }
#ifdef TLS
  if (c->st == TLSHS) {
    int r = SSL_do_handshake(c->ssl);
    if (r != 1) {
      int e = SSL_get_error(c->ssl, r); ERR_clear_error();
      if (e == SSL_ERROR_WANT_READ) setwant(c, EPOLLIN); else if (e == SSL_ERROR_WANT_WRITE) setwant(c, EPOLLOUT); else fail(c, "tls handshake");
      return;
    }
    c->st = HSOUT;
  }
#endif
  if (c->st == HSOUT && mode == HTTP) { setwant(c, EPOLLIN); opened(c); return; }
  if (c->st == HSOUT) { c->st = HSIN; if (out(c, req, reqlen, reqlen) < 0) return; return; }
  if (ev & EPOLLOUT && c->left && flush(c) < 0) return;
  if (!(ev & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
  for (;;) {
    if (c->st == HSIN) {
      ssize_t r = rd(c, c->hs + c->hl, sizeof c->hs - 1 - c->hl);
      if (r == -2) return;
      if (r <= 0) { fail(c, "eof in handshake"); return; }
      c->hl += r; c->hs[c->hl] = 0;
      char *e = strstr(c->hs, "\r\n\r\n");
      if (!e) { if (c->hl > 4000) fail(c, "long head"); if (c->st == DEAD) return; continue; }
      if (strncmp(c->hs, "HTTP/1.1 101", 12)) { fprintf(stderr, "loadgen: %.60s\n", c->hs); fail(c, "not 101"); return; }
      int o = e + 4 - c->hs, l = c->hl - o;
      if (opened(c)) return;
      if (l > 0 && parse(c, (uint8_t *)c->hs + o, l)) return;
    } else {
      ssize_t r = rd(c, rb, sizeof rb);
      if (r == -2) return;
      if (r <= 0) { fail(c, r ? "read" : "eof"); return; }
      if (mode == HTTP ? answer(c, rb, r) : parse(c, rb, r)) return;
    }
#ifdef TLS
    if (c->ssl) continue;
#endif
    return;
  }
}
static int poll_once(int ms) {
  struct epoll_event evs[256]; int n = epoll_wait(ep, evs, 256, ms);
  for (int i = 0; i < n; i++) event(evs[i].data.ptr, evs[i].events);
  return n;
}
static int cmp(const void *a, const void *b) { uint32_t x = *(uint32_t *)a, y = *(uint32_t *)b; return x < y ? -1 : x > y; }
static void waitline(void) { char b[64]; ssize_t r; do r = read(0, b, sizeof b); while (r > 0 && !memchr(b, '\n', r)); }
int main(int argc, char **argv) {
  int o; const char *m = "pingpong";
  while ((o = getopt(argc, argv, "m:p:c:n:d:s:f:T")) != -1) switch (o) {
    case 'm': m = optarg; break; case 'p': port = atoi(optarg); break; case 'c': nconn = atoi(optarg); break;
    case 'n': count = strtoull(optarg, 0, 10); break; case 'd': maxsec = atof(optarg); break;
    case 's': size = strtoull(optarg, 0, 10); break; case 'f': frag = strtoull(optarg, 0, 10); break; case 'T': tls = 1; break;
    default: return 1;
  }
  mode = !strcmp(m, "blast") ? BLAST : !strcmp(m, "sink") ? SINK : !strcmp(m, "churn") ? CHURN : !strcmp(m, "idle") ? IDLE : !strcmp(m, "http") ? HTTP : PINGPONG;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl);
#ifdef TLS
  if (tls) { ctx = SSL_CTX_new(TLS_client_method()); SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, 0); SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER); }
#else
  if (tls) return fprintf(stderr, "built without TLS\n"), 1;
#endif
  sa.sin_family = AF_INET; sa.sin_port = htons(port); sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ep = epoll_create1(0); build();
  char path[256];
  if (mode == BLAST) snprintf(path, sizeof path, "/ws/blast?n=%llu&size=%llu&frag=%llu&op=%d", (unsigned long long)count, (unsigned long long)size, (unsigned long long)frag, size <= 1024 ? 1 : 2);
  else strcpy(path, mode == SINK ? "/ws/sink" : "/ws/echo");
  reqlen = snprintf(req, sizeof req, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://127.0.0.1\r\n"
    "User-Agent: loadgen\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", path, port);
  if (mode == HTTP) {
    reqlen = snprintf(req, sizeof req, "GET /plain HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: loadgen\r\n\r\n", port);
    blk = (uint8_t *)req; blklen = reqlen;
  }
  cs = calloc(nconn, sizeof *cs);
  uint64_t tsetup = now();
  if (mode != CHURN) {
    int i = 0;
    while ((i < nconn || npend) && now() - tsetup < 60000000000ull) {
      while (i < nconn && npend < 32) start(&cs[i++]);
      poll_once(50);
      if (errs > 20) break;
    }
    if (nopen < nconn) { fprintf(stderr, "loadgen: only %d of %d open\n", nopen, nconn); if (mode != IDLE || !nopen) { printf("{\"error\":\"setup: %d of %d open\"}\n", nopen, nconn); return 2; } }
  }
  double setup = (now() - tsetup) / 1e9;
  puts("READY"); fflush(stdout); waitline();
  struct rusage u0, u1; getrusage(RUSAGE_SELF, &u0);
  started_at = now(); running = 1;
  if (mode == CHURN) { for (int i = 0; i < nconn && launched < count; i++) { launched++; start(&cs[i]); } }
  else if (mode != IDLE) for (int i = 0; i < nconn; i++) { if (mode == PINGPONG || mode == HTTP) { if (sent_msgs < count) ping(&cs[i]); } else if (mode == BLAST) out(&cs[i], blk, blklen, blklen); else out(&cs[i], blk, blklen, msgwire * count); }
  uint64_t end = started_at + (uint64_t)(maxsec * 1e9), t;
  while ((t = now()) < end && mode != IDLE && errs < 200) {
    if (mode == CHURN) { if (nlat + errs >= count) break; }
    else if (mode == PINGPONG || mode == HTTP) { if (total_msgs >= count) break; }
    else if (total_msgs >= count * nconn) break;
    if (!nopen && !npend) break;
    poll_once(20);
  }
  double secs = (t - started_at) / 1e9;
  running = 0;
  getrusage(RUSAGE_SELF, &u1);
  double cpu = (u1.ru_utime.tv_sec - u0.ru_utime.tv_sec + u1.ru_stime.tv_sec - u0.ru_stime.tv_sec) + (u1.ru_utime.tv_usec - u0.ru_utime.tv_usec + u1.ru_stime.tv_usec - u0.ru_stime.tv_usec) / 1e6;
  if (nlat) qsort(lat, nlat, 4, cmp);
  printf("{\"mode\":\"%s\",\"conns\":%d,\"open\":%d,\"setup\":%.4f,\"secs\":%.6f,\"msgs\":%llu,\"frames\":%llu,\"rxbytes\":%llu,\"done\":%zu,\"p50us\":%.1f,\"p99us\":%.1f,\"errors\":%d,\"cpu\":%.4f,\"complete\":%s}\n",
    m, nconn, nopen, setup, secs, (unsigned long long)total_msgs, (unsigned long long)total_frames, (unsigned long long)total_bytes, nlat,
    nlat ? lat[nlat / 2] / 1e3 : 0, nlat ? lat[(size_t)(nlat * 0.99)] / 1e3 : 0, errs, cpu, t < end ? "true" : "false");
  fflush(stdout); waitline();
  return 0;
}
