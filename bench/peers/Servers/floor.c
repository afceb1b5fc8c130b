/*
 * The floor: the least a server can do for each delivery, one send() of the encoded event to each subscriber, from one epoll loop.
 * No log, no cursor, no slow subscriber: one whose socket is full loses the event. Only for measuring.
 *
 *   GET  /stream    an event stream
 *   POST /publish   the body becomes the data of an event
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 20000, INPUT = 8192 };

static char *input[MOST];
static int filled[MOST];
static int subscribers[MOST];
static int count;
static int place[MOST];
static long number;

static void leave(int fd)
{
    if (place[fd]) {
        int last = subscribers[--count];
        subscribers[place[fd] - 1] = last;
        place[last] = place[fd];
        place[fd] = 0;
    }
    free(input[fd]);
    input[fd] = NULL;
    close(fd);
}

static void deliver(const char *data, int length)
{
    char frame[INPUT + 128];
    int size = snprintf(frame, sizeof frame, "%x\r\nid: %010ld\ndata: %.*s\n\n\r\n", 4 + 10 + 1 + 6 + length + 2, ++number, length, data);
    for (int i = count - 1; i >= 0; i--) {
        if (send(subscribers[i], frame, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN) leave(subscribers[i]);
    }
}

/* Answers what is complete in the input; 0 when the connection is over. */
static int answer(int fd)
{
    static const char stream[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n";
    static const char done[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    for (;;) {
        char *end = memmem(input[fd], filled[fd], "\r\n\r\n", 4);
        if (!end) return filled[fd] < INPUT;
        int head = end + 4 - input[fd];
        if (!strncmp(input[fd], "GET ", 4)) {
            if (send(fd, stream, sizeof stream - 1, MSG_NOSIGNAL) < 0) return 0;
            subscribers[count++] = fd;
            place[fd] = count;
            filled[fd] = 0;
            return 1;
        }
        *end = 0;
        char *field = strcasestr(input[fd], "content-length:");
        int length = field ? atoi(field + 15) : 0;
        *end = '\r';
        if (head + length > INPUT) return 0;
        if (filled[fd] < head + length) return 1;
        deliver(input[fd] + head, length);
        if (send(fd, done, sizeof done - 1, MSG_NOSIGNAL) < 0) return 0;
        filled[fd] -= head + length;
        memmove(input[fd], input[fd] + head + length, filled[fd]);
    }
}

int main(int argc, char **argv)
{
    struct rlimit files = { MOST, MOST };
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[argc - 1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event events[256], wanted = { .events = EPOLLIN };
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), loop = epoll_create1(0);
    setrlimit(RLIMIT_NOFILE, &files);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) return 1;
    wanted.data.fd = listener;
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &wanted);
    for (;;) {
        int ready = epoll_wait(loop, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    if (fd >= MOST) { close(fd); continue; }
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    input[fd] = malloc(INPUT);
                    filled[fd] = 0;
                    wanted.data.fd = fd;
                    epoll_ctl(loop, EPOLL_CTL_ADD, fd, &wanted);
                }
                continue;
            }
            int got = recv(fd, input[fd] + filled[fd], INPUT - filled[fd], 0);
            if (got <= 0) {
                if (got == 0 || errno != EAGAIN) leave(fd);
                continue;
            }
            filled[fd] += got;
            if (!answer(fd)) leave(fd);
        }
    }
}
