// echo.c: WebSocket and HTTP backend of the bench. One thread, epoll, loopback only. Paths count by what they contain.
//   GET  (no Upgrade)            -> 200 "Hello, world!" keep-alive
//   …/echo                       -> unmask and echo every frame (streamed), answer ping and close
//   /blast?n=N&size=S&frag=F&op=O-> on the first client message send N messages of S bytes, each cut in
//                                   frames of F bytes (opcode O), as fast as the socket accepts them
//   /sink                        -> read and discard; a 1-byte text message acknowledges each whole message
// build: gcc -O2 -o echo echo.c          run: echo PORT
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
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { M_HTTP, M_ECHO, M_BLAST, M_SINK };
struct block { unsigned long size, frag; int op; uint8_t *p; size_t len, msgwire; };
struct conn {
  int fd, mode, opcode, fin, masked, hlen, hneed, inpay, started, closing, wantw;
  uint8_t *in; size_t inlen, incap;
  uint8_t *out; size_t ooff, olen, ocap;
  uint8_t hdr[14], mask[4]; uint64_t plen, pdone;
  struct block *blk; size_t blkoff; uint64_t left;
};
static int ep;
static uint8_t rb[262144];
#define OUT_MAX (1 << 20)

static uint32_t rol(uint32_t x, int n) { return x << n | x >> (32 - n); }
static void sha1(const uint8_t *d, size_t n, uint8_t out[20]) {
  uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  size_t tot = ((n + 8) / 64 + 1) * 64;
  uint8_t buf[256] = {0};
  memcpy(buf, d, n); buf[n] = 0x80;
  uint64_t bits = (uint64_t)n * 8;
  for (int i = 0; i < 8; i++) buf[tot - 1 - i] = bits >> (8 * i);
  for (size_t o = 0; o < tot; o += 64) {
    uint32_t w[80];
    for (int i = 0; i < 16; i++) w[i] = buf[o + i * 4] << 24 | buf[o + i * 4 + 1] << 16 | buf[o + i * 4 + 2] << 8 | buf[o + i * 4 + 3];
    for (int i = 16; i < 80; i++) w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    uint32_t a = h[0], b = h[1], c = h[2], e4 = h[4], dd = h[3];
    for (int i = 0; i < 80; i++) {
      uint32_t f, k;
      if (i < 20) { f = (b & c) | (~b & dd); k = 0x5A827999; }
      else if (i < 40) { f = b ^ c ^ dd; k = 0x6ED9EBA1; }
      else if (i < 60) { f = (b & c) | (b & dd) | (c & dd); k = 0x8F1BBCDC; }
      else { f = b ^ c ^ dd; k = 0xCA62C1D6; }
      uint32_t t = rol(a, 5) + f + e4 + k + w[i];
      e4 = dd; dd = c; c = rol(b, 30); b = a; a = t;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += dd; h[4] += e4;
  }
  for (int i = 0; i < 5; i++) { out[i * 4] = h[i] >> 24; out[i * 4 + 1] = h[i] >> 16; out[i * 4 + 2] = h[i] >> 8; out[i * 4 + 3] = h[i]; }
}
static void b64(const uint8_t *d, int n, char *o) {
  static const char t[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  int i, j = 0;
  for (i = 0; i < n; i += 3) {
    uint32_t v = d[i] << 16 | (i + 1 < n ? d[i + 1] << 8 : 0) | (i + 2 < n ? d[i + 2] : 0);
    o[j++] = t[v >> 18]; o[j++] = t[v >> 12 & 63];
    o[j++] = i + 1 < n ? t[v >> 6 & 63] : '='; o[j++] = i + 2 < n ? t[v & 63] : '=';
  }
  o[j] = 0;
}
static int hdr_put(uint8_t *p, int b0, uint64_t len) {
  p[0] = b0;
  if (len < 126) { p[1] = len; return 2; }
  if (len < 65536) { p[1] = 126; p[2] = len >> 8; p[3] = len; return 4; }
  p[1] = 127;
  for (int i = 0; i < 8; i++) p[2 + i] = len >> (56 - 8 * i);
  return 10;
}
static struct block *getblock(unsigned long size, unsigned long frag, int op) {
  static struct block bs[16]; static int nb;
  if (!size) size = 1;
  if (!frag || frag > size) frag = size;
  for (int i = 0; i < nb; i++) if (bs[i].size == size && bs[i].frag == frag && bs[i].op == op) return &bs[i];
  if (nb == 16) { for (int i = 0; i < nb; i++) free(bs[i].p); nb = 0; }
  struct block *b = &bs[nb++];
  b->size = size; b->frag = frag; b->op = op;
  size_t nf = (size + frag - 1) / frag, reps = size >= 65536 ? 1 : 65536 / (size + 10) + 1;
  b->p = malloc((size + nf * 10) * reps); b->len = 0;
  for (size_t r = 0; r < reps; r++) {
    size_t done = 0;
    while (done < size) {
      size_t l = size - done < frag ? size - done : frag;
      b->len += hdr_put(b->p + b->len, (done ? 0 : op) | (done + l == size ? 0x80 : 0), l);
      for (size_t i = 0; i < l; i++) b->p[b->len + i] = 'a' + (done + i + r * 7) % 23;
      b->len += l; done += l;
    }
    if (!r) b->msgwire = b->len;
  }
  return b;
}
static void put(struct conn *c, const void *d, size_t n) {
  if (c->ooff && c->ooff == c->olen) c->ooff = c->olen = 0;
  if (c->olen + n > c->ocap) {
    if (c->ooff) { memmove(c->out, c->out + c->ooff, c->olen - c->ooff); c->olen -= c->ooff; c->ooff = 0; }
    if (c->olen + n > c->ocap) { c->ocap = (c->olen + n) * 2; c->out = realloc(c->out, c->ocap); }
  }
  memcpy(c->out + c->olen, d, n); c->olen += n;
}
static void kill_conn(struct conn *c) { close(c->fd); free(c->in); free(c->out); free(c); }
static int flush_out(struct conn *c) {  // -1 dead, 0 pending, 1 drained
  while (c->ooff < c->olen) {
    ssize_t w = send(c->fd, c->out + c->ooff, c->olen - c->ooff, MSG_NOSIGNAL);
    if (w < 0) { if (errno == EAGAIN) return 0; if (errno == EINTR) continue; return -1; }
    c->ooff += w;
  }
  c->ooff = c->olen = 0;
  if (c->ocap > 65536) { free(c->out); c->out = 0; c->ocap = 0; }
  if (c->mode == M_BLAST && c->started) {
    size_t budget = 1 << 20;
    while (c->left && budget) {
      size_t l = c->blk->len - c->blkoff;
      if (l > 65536) l = 65536;
      if (l > c->left) l = c->left;
      ssize_t w = send(c->fd, c->blk->p + c->blkoff, l, MSG_NOSIGNAL);
      if (w < 0) { if (errno == EAGAIN) return 0; if (errno == EINTR) continue; return -1; }
      c->blkoff += w; if (c->blkoff == c->blk->len) c->blkoff = 0;
      c->left -= w; budget = budget > (size_t)w ? budget - w : 0;
    }
    if (c->left) return 0;
  }
  return 1;
}
static unsigned long qnum(const char *path, const char *k, unsigned long d) {
  const char *q = strchr(path, '?'); size_t kl = strlen(k);
  while (q) { q++; if (!strncmp(q, k, kl) && q[kl] == '=') return strtoul(q + kl + 1, 0, 10); q = strchr(q, '&'); }
  return d;
}
static const char *hfind(const char *h, const char *name) {
  size_t l = strlen(name);
  for (const char *p = h; (p = strstr(p, "\r\n")); ) { p += 2; if (!strncasecmp(p, name, l) && p[l] == ':') { p += l + 1; while (*p == ' ') p++; return p; } }
  return 0;
}
static int request(struct conn *c, char *h) {  // one complete head, NUL-terminated
  const char *up = hfind(h, "upgrade"), *key = hfind(h, "sec-websocket-key");
  if (!up || !key) {
    static const char r[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world!";
    const char *cn = hfind(h, "connection");
    put(c, r, sizeof r - 1);
    if (cn && !strncasecmp(cn, "close", 5)) c->closing = 1;
    return 0;
  }
  char path[512]; char *sp = strchr(h, ' ');
  if (!sp) return -1;
  size_t l = strcspn(sp + 1, " \r"); if (l > 511) l = 511;
  memcpy(path, sp + 1, l); path[l] = 0;
  char kb[128]; size_t kl = strcspn(key, "\r"); if (kl > 64) return -1;
  memcpy(kb, key, kl); strcpy(kb + kl, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  uint8_t d[20]; char a[40], r[256];
  sha1((uint8_t *)kb, strlen(kb), d); b64(d, 20, a);
  int n = snprintf(r, sizeof r, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", a);
  put(c, r, n);
  if (strstr(path, "/blast")) {
    c->mode = M_BLAST;
    c->blk = getblock(qnum(path, "size", 64), qnum(path, "frag", 0), qnum(path, "op", 2));
    c->left = (uint64_t)c->blk->msgwire * qnum(path, "n", 1);
  } else c->mode = strstr(path, "/sink") ? M_SINK : M_ECHO;
  return 0;
}
static void frame_end(struct conn *c) {
  if (c->mode == M_SINK && c->fin && c->opcode < 8) put(c, "\x81\x01" "a", 3);
  if (c->mode == M_BLAST && c->opcode < 8) c->started = 1;
  if (c->opcode == 8) c->closing = 1;
  c->hlen = 0; c->inpay = 0;
}
static void frames(struct conn *c, uint8_t *p, size_t n) {
  while (n) {
    if (!c->inpay) {
      while (n && (c->hlen < 2 || c->hlen < c->hneed)) {
        c->hdr[c->hlen++] = *p++; n--;
        if (c->hlen == 2) {
          int l = c->hdr[1] & 127;
          c->masked = c->hdr[1] >> 7; c->hneed = 2 + (l == 126 ? 2 : l == 127 ? 8 : 0) + (c->masked ? 4 : 0);
        }
      }
      if (c->hlen < 2 || c->hlen < c->hneed) return;
      int l = c->hdr[1] & 127, o = 2;
      c->plen = l;
      if (l == 126) { c->plen = c->hdr[2] << 8 | c->hdr[3]; o = 4; }
      else if (l == 127) { c->plen = 0; for (int i = 0; i < 8; i++) c->plen = c->plen << 8 | c->hdr[2 + i]; o = 10; }
      if (c->masked) memcpy(c->mask, c->hdr + o, 4); else memset(c->mask, 0, 4);
      c->fin = c->hdr[0] >> 7; c->opcode = c->hdr[0] & 15; c->pdone = 0; c->inpay = 1;
      if (c->mode == M_ECHO || c->opcode >= 8) {
        uint8_t h[10]; int hl = hdr_put(h, (c->hdr[0] & 0xf0) | (c->opcode == 9 ? 10 : c->opcode), c->plen);
        put(c, h, hl);
      }
      if (!c->plen) { frame_end(c); continue; }
    }
    size_t l = c->plen - c->pdone < n ? c->plen - c->pdone : n;
    if (c->mode == M_ECHO || c->opcode >= 8) {
      for (size_t i = 0; i < l; i++) p[i] ^= c->mask[(c->pdone + i) & 3];
      put(c, p, l);
    }
    c->pdone += l; p += l; n -= l;
    if (c->pdone == c->plen) frame_end(c);
  }
}
static int readable(struct conn *c) {
  ssize_t r = recv(c->fd, rb, sizeof rb, 0);
  if (r < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
  if (r == 0) return -1;
  if (c->mode != M_HTTP) { frames(c, rb, r); return 0; }
  if (c->inlen + r + 1 > c->incap) { c->incap = (c->inlen + r + 1) * 2; c->in = realloc(c->in, c->incap); }
  memcpy(c->in + c->inlen, rb, r); c->inlen += r; c->in[c->inlen] = 0;
  if (c->inlen > 65536) return -1;
  size_t off = 0;
  while (c->mode == M_HTTP && off < c->inlen) {
    char *e = strstr((char *)c->in + off, "\r\n\r\n");
    if (!e) break;
    e[2] = 0;
    if (request(c, (char *)c->in + off)) return -1;
    off = e + 4 - (char *)c->in;
  }
  if (c->mode != M_HTTP) {
    if (off < c->inlen) frames(c, c->in + off, c->inlen - off);
    free(c->in); c->in = 0; c->inlen = c->incap = 0;
  } else if (off) { memmove(c->in, c->in + off, c->inlen - off + 1); c->inlen -= off; }
  return 0;
}
int main(int argc, char **argv) {
  if (argc < 2) return fprintf(stderr, "usage: echo PORT\n"), 1;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl);
  if (rl.rlim_max < 65536) { struct rlimit r2 = {65536, 65536}; if (setrlimit(RLIMIT_NOFILE, &r2)) { rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl); } }
  else { rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl); }
  int one = 1, ls = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(ls, (void *)&sa, sizeof sa) || listen(ls, 4096)) return perror("bind"), 1;
  ep = epoll_create1(0);
  struct epoll_event ev = {.events = EPOLLIN, .data.ptr = 0}, evs[256];
  epoll_ctl(ep, EPOLL_CTL_ADD, ls, &ev);
  puts("READY"); fflush(stdout);
  for (;;) {
    int n = epoll_wait(ep, evs, 256, -1);
    for (int i = 0; i < n; i++) {
      struct conn *c = evs[i].data.ptr;
      if (!c) {
        int fd;
        while ((fd = accept4(ls, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
          setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          c = calloc(1, sizeof *c); c->fd = fd;
          ev.events = EPOLLIN; ev.data.ptr = c;
          epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
        }
        continue;
      }
      int dead = 0;
      if (evs[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) dead = readable(c) < 0;
      int f = dead ? -1 : flush_out(c);
      if (f < 0 || (f == 1 && c->closing)) { kill_conn(c); continue; }
      int want = (f == 0 ? EPOLLOUT : 0) | (c->olen - c->ooff > OUT_MAX ? 0 : EPOLLIN);
      if (want != (c->wantw ? c->wantw : EPOLLIN)) {
        c->wantw = want; ev.events = want; ev.data.ptr = c;
        epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev);
      }
    }
  }
}
