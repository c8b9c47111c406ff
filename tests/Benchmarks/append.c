/*
 * The clients of append.py, and its peer. Each client connects, says what it has to say, and waits for the answer: what a job's wrapper does.
 *
 *   append clients SOCKET COUNT SECONDS <request    prints "entries-a-second p99-in-ms"
 *   append peer SOCKET FILE                         serves one client after the other: a line of the same length appended, one fdatasync, an answer
 *   append groups SOCKET FILE                       serves all that wait at once: their lines, one fdatasync, their answers, and nothing else
 *   append fsyncs FILE SECONDS                      prints the p99 in ms of a line and an fdatasync, by one alone
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { most_clients = 64, most_lines = 512, most_times = 1 << 20, entry_bytes = 450 };

static const char good[] = "{\"ok\":true";
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static char request[4096];
static size_t request_bytes;
static double ends;

struct client {
    pthread_t thread;
    double *times;
    size_t count;
};

__attribute__((noreturn)) static void fail(const char *what)
{
    fprintf(stderr, "append: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;
    return d < 0 ? -1 : d > 0;
}

static double p99_ms(double *times, size_t count)
{
    if (count == 0)
        fail("nothing was done");
    qsort(times, count, sizeof *times, compare);
    return times[count * 99 / 100] * 1000;
}

static void append(int file, size_t lines)
{
    static char batch[most_lines * entry_bytes];
    memset(batch, 'x', lines * entry_bytes);
    for (size_t i = 1; i <= lines; i++)
        batch[i * entry_bytes - 1] = '\n';
    if (write(file, batch, lines * entry_bytes) != (ssize_t)(lines * entry_bytes) || fdatasync(file) != 0)
        fail("the file cannot be written");
}

static int open_file(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0)
        fail(path);
    return file;
}

static void *ask(void *of)
{
    struct client *client = of;
    for (double begun; (begun = now()) < ends && client->count < most_times; client->times[client->count++] = now() - begun) {
        char answer[4096];
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || connect(fd, (void *)&address, sizeof address) != 0 || send(fd, request, request_bytes, MSG_NOSIGNAL) != (ssize_t)request_bytes)
            fail("the socket");
        if (recv(fd, answer, sizeof answer, 0) < (ssize_t)sizeof good || memcmp(answer, good, sizeof good - 1) != 0)
            fail("an entry was refused");
        close(fd);
    }
    return NULL;
}

static int clients(int count, double seconds)
{
    static struct client all[most_clients];
    if (count < 1 || count > most_clients || (request_bytes = fread(request, 1, sizeof request, stdin)) == 0)
        fail("clients SOCKET COUNT SECONDS <request");
    double begun = now();
    ends = begun + seconds;
    for (int i = 0; i < count; i++) {
        if ((all[i].times = malloc(most_times * sizeof(double))) == NULL || pthread_create(&all[i].thread, NULL, ask, &all[i]) != 0)
            fail("a client cannot be begun");
    }
    size_t sum = 0;
    for (int i = 0; i < count; i++) {
        pthread_join(all[i].thread, NULL);
        sum += all[i].count;
    }
    double took = now() - begun;
    double *times = malloc(sum * sizeof *times);
    if (times == NULL)
        fail("no memory");
    for (int i = 0, at = 0; i < count; at += (int)all[i].count, i++)
        memcpy(times + at, all[i].times, all[i].count * sizeof *times);
    printf("%.0f %.3f\n", (double)sum / took, p99_ms(times, sum));
    return 0;
}

static int serve(int file, size_t most)
{
    static int waiting[most_lines];
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0 || bind(listener, (void *)&address, sizeof address) != 0 || listen(listener, 512) != 0)
        fail("the socket");
    for (;;) {
        struct pollfd come = { listener, POLLIN, 0 };
        char said[4096];
        size_t count = 0;
        poll(&come, 1, -1);
        for (int fd; count < most && (fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;) {
            if (recv(fd, said, sizeof said, 0) > 0)
                waiting[count++] = fd;
            else
                close(fd);
        }
        if (count > 0)
            append(file, count);
        for (size_t i = 0; i < count; i++) {
            send(waiting[i], good, sizeof good, MSG_NOSIGNAL);
            close(waiting[i]);
        }
    }
}

static int fsyncs(const char *path, double seconds)
{
    int file = open_file(path);
    double *times = malloc(most_times * sizeof *times);
    size_t count = 0;
    if (times == NULL)
        fail("no memory");
    ends = now() + seconds;
    for (double begun; (begun = now()) < ends && count < most_times; times[count++] = now() - begun)
        append(file, 1);
    printf("%.3f\n", p99_ms(times, count));
    return 0;
}

int main(int count, char **words)
{
    if (count == 4 && strcmp(words[1], "fsyncs") == 0)
        return fsyncs(words[2], atof(words[3]));
    if (count >= 4 && strlen(words[2]) < sizeof address.sun_path) {
        strcpy(address.sun_path, words[2]);
        if (count == 5 && strcmp(words[1], "clients") == 0)
            return clients(atoi(words[3]), atof(words[4]));
        if (count == 4 && strcmp(words[1], "peer") == 0)
            return serve(open_file(words[3]), 1);
        if (count == 4 && strcmp(words[1], "groups") == 0)
            return serve(open_file(words[3]), most_lines);
    }
    fputs("usage: append clients SOCKET COUNT SECONDS | peer SOCKET FILE | groups SOCKET FILE | fsyncs FILE SECONDS\n", stderr);
    return 2;
}
