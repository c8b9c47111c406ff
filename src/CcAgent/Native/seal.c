/*
 * The process that makes the audit log append-only, so that the daemon need not be able to take that away again. The daemon
 * begins it by starting itself once more with the log's directory in CC_AGENT_SEAL; it is forked off here, before the runtime
 * is there, and keeps CAP_LINUX_IMMUTABLE alone, which the daemon from then on cannot have any more.
 *
 * It knows one directory and answers, one message each over a socket pair, with 0 or an error number:
 *   seal NAME               sets the attribute on a segment, or with "." on the directory;
 *   remove NAME BY OFFSET HELD AT [TORN PLACE]
 *                           removes a segment that an audit.prune entry gives up, which stands at the place OFFSET of another,
 *                           append-only segment BY, where a console.pulled entry at the place AT of the append-only segment HELD
 *                           says that a console holds all of it: nothing goes of which the log does not tell both for good. What
 *                           an audit.recovered entry, at the place PLACE of the append-only segment TORN, calls a torn end is no entry.
 * It ends with the daemon.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#if defined(__linux__) && defined(__GLIBC__)

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GIVEN "CC_AGENT_SEAL"
#define DIRECTORY 3
#define SOCKET 4
#define MOST_LINE (64 * 1024)

static int socket_of_daemon = -1;

int cc_agent_seal_available(void)
{
    return 1;
}

int cc_agent_seal_socket(void)
{
    return socket_of_daemon;
}

/* The digits at a place; how many there were. Little of the C library is used here: what is not used is not in memory. */
static int take_number(const char *text, uint64_t *number)
{
    int digits = 0;
    *number = 0;
    for (; digits < 20 && text[digits] >= '0' && text[digits] <= '9'; digits++)
        *number = *number * 10 + (uint64_t)(text[digits] - '0');
    return digits;
}

static int is_text(const char *at, const char *text)
{
    while (*text && *at == *text)
        at++, text++;
    return !*text;
}

/* A segment is named by the number of its first entry: 20 digits, perhaps -ATTEMPT, .jsonl. */
static int is_segment(const char *name, uint64_t *first)
{
    uint64_t attempt;
    int at = take_number(name, first), digits;
    if (at != 20)
        return 0;
    if (name[at] == '-') {
        if ((digits = take_number(name + at + 1, &attempt)) == 0)
            return 0;
        at += 1 + digits;
    }
    return is_text(name + at, ".jsonl") && name[at + 6] == '\0';
}

static int set_flag(int fd, int on)
{
    int flags = 0;
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0)
        return errno;
    if (!(flags & FS_APPEND_FL) == !on)
        return 0;
    flags ^= FS_APPEND_FL;
    return ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0 ? 0 : errno;
}

static int is_sealed(int fd)
{
    int flags = 0;
    return ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_APPEND_FL);
}

static int open_segment(const char *name)
{
    struct stat status;
    int fd = openat(DIRECTORY, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    return fd;
}

static int seal(const char *name)
{
    uint64_t first;
    int fd, error;
    if (name[0] == '.' && name[1] == '\0')
        return set_flag(DIRECTORY, 1);
    if (!is_segment(name, &first))
        return EINVAL;
    if ((fd = open_segment(name)) < 0)
        return errno;
    error = set_flag(fd, 1);
    close(fd);
    return error;
}

/* No text in a line can hold a member as it is searched for: there its quotes are escaped. */
static const char *find(const char *line, const char *member)
{
    for (; *line; line++) {
        if (*line == *member && is_text(line, member))
            return line;
    }
    return NULL;
}

static int number_of(const char *line, const char *member, uint64_t *number)
{
    int length = 0;
    if (!(line = find(line, member)))
        return 0;
    while (member[length])
        length++;
    return take_number(line + length, number) > 0;
}

/* The line that begins at a place of an append-only segment; NULL where none does. Until the next call. */
static const char *line_at(const char *name, uint64_t offset)
{
    static char text[MOST_LINE + 2];
    int before = offset > 0, fd = open_segment(name);
    ssize_t length = 0, end = before;
    if (fd < 0)
        return NULL;
    /* The byte before ends the line before. */
    if (is_sealed(fd))
        length = pread(fd, text, sizeof text - 1, (off_t)(offset - (uint64_t)before));
    close(fd);
    while (end < length && text[end] != '\n')
        end++;
    if (end >= length || (before && text[0] != '\n') || text[before] != '{')
        return NULL;
    text[end] = '\0';
    return text + before;
}

/* Whether an entry gives up a segment; the last entry that it gives up. */
static int gives_up(const char *line, uint64_t segment, uint64_t *last)
{
    uint64_t first;
    return line && find(line, "\"event\": \"audit.prune\"") && find(line, "\"of\": \"audit\"")
        && number_of(line, "\"first\": ", &first) && number_of(line, "\"last\": ", last) && first <= segment && segment <= *last;
}

/* Whether an entry says that a console holds all up to another. */
static int is_held(const char *line, uint64_t last)
{
    uint64_t held;
    return line && find(line, "\"event\": \"console.pulled\"") && number_of(line, "\"console_seq\": ", &held) && held >= last;
}

/* Where an entry says that a segment's entries end and a torn end begins. */
static int is_torn(const char *line, const char *name, uint64_t *end)
{
    static const char member[] = "\"segment\": \"";
    const char *named = line && find(line, "\"event\": \"audit.recovered\"") ? find(line, member) : NULL;
    return named && is_text(named + sizeof member - 1, name) && named[sizeof member - 1 + strlen(name)] == '"'
        && number_of(line, "\"offset\": ", end);
}

/* Whether no entry of a segment is later than one. All are looked at: the last line is what somebody may have appended. */
static int ends_by(int fd, uint64_t end, uint64_t last)
{
    static const char member[] = "\"seq\": ";
    static char text[MOST_LINE];
    const ssize_t cut = 32;
    uint64_t from = 0, seq, most;
    ssize_t length, i;
    for (;; from += (uint64_t)(length - cut)) {
        most = end - from < sizeof text - 1 ? end - from : sizeof text - 1;
        if ((length = pread(fd, text, (size_t)most, (off_t)from)) < 0)
            return 0;
        text[length] = '\0';
        for (i = 0; i < length; i++) {
            if (text[i] == *member && is_text(text + i, member) && take_number(text + i + sizeof member - 1, &seq) > 0 && seq > last)
                return 0;
        }
        /* What the end of one piece cuts is whole in the next. */
        if (length <= cut)
            return 1;
    }
}

static int remove_segment(char **words)
{
    const char *name = words[1], *by = words[2], *offset = words[3], *held = words[4], *at = words[5], *torn = words[6], *torn_at = words[7];
    uint64_t segment, other, holding, place, held_place, last, recovering, torn_place, end = UINT64_MAX;
    int fd, error;
    if (!is_segment(name, &segment) || !is_segment(by, &other) || other <= segment || take_number(offset, &place) == 0
        || !is_segment(held, &holding) || holding <= segment || take_number(at, &held_place) == 0)
        return EINVAL;
    if (!gives_up(line_at(by, place), segment, &last) || !is_held(line_at(held, held_place), last))
        return EBADMSG;
    if (torn && (!is_segment(torn, &recovering) || recovering <= last || take_number(torn_at, &torn_place) == 0))
        return EINVAL;
    if (torn && !is_torn(line_at(torn, torn_place), name, &end))
        return EBADMSG;
    if ((fd = open_segment(name)) < 0)
        return errno;
    if (!ends_by(fd, end, last)) {
        close(fd);
        return EBADMSG;
    }
    if ((error = set_flag(DIRECTORY, 0)) == 0 && (error = set_flag(fd, 0)) == 0 && unlinkat(DIRECTORY, name, 0) != 0) {
        error = errno;
        (void)set_flag(fd, 1);
    }
    (void)set_flag(DIRECTORY, 1);
    if (error == 0 && fsync(DIRECTORY) != 0)
        error = errno;
    close(fd);
    return error;
}

static int answer_to(char *request)
{
    char *words[8] = { request, NULL, NULL, NULL, NULL, NULL, NULL, NULL };
    int count = 1;
    for (char *at = request; *at; at++) {
        if (*at == ' ') {
            if (count == 8)
                return EINVAL;
            *at = '\0';
            words[count++] = at + 1;
        }
    }
    if (count == 2 && is_text(words[0], "seal"))
        return seal(words[1]);
    if ((count == 6 || count == 8) && is_text(words[0], "remove"))
        return remove_segment(words);
    return EINVAL;
}

static int set_capabilities(uint64_t kept)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2] = {
        { (uint32_t)kept, (uint32_t)kept, 0 }, { (uint32_t)(kept >> 32), (uint32_t)(kept >> 32), 0 }
    };
    return (int)syscall(SYS_capset, &header, data);
}

static uint64_t permitted(void)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
    return syscall(SYS_capget, &header, data) == 0 ? data[0].permitted | (uint64_t)data[1].permitted << 32 : 0;
}

/* Where it may not be dropped (no CAP_SETPCAP) the bound stays; no-new-privileges keeps it from being reached. */
static void drop_bound(uint64_t kept)
{
    for (int i = 0; i < 64; i++) {
        if (!(kept >> i & 1) && prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1)
            (void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
    }
}

static void serve(int directory, int socket, char *verb)
{
    static const char name[] = "sealer";
    struct rlimit none = { 0, 0 };
    sigset_t all;
    int null, highest;
    /* It ends when the daemon does, and by nothing that is sent to both. */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    /* What ps shows of it; the daemon's own verb is as long. */
    if (strlen(verb) == sizeof name - 1)
        memcpy(verb, name, sizeof name);
    prctl(PR_SET_NAME, "cc-agent-seal", 0, 0, 0);
    drop_bound(1ull << CAP_LINUX_IMMUTABLE);
    if (set_capabilities(1ull << CAP_LINUX_IMMUTABLE) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
        || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        _exit(1);
    /* Out of the way of where they go. */
    directory = fcntl(directory, F_DUPFD, 16);
    socket = fcntl(socket, F_DUPFD, 16);
    null = open("/dev/null", O_RDWR);
    if (directory < 0 || socket < 0 || null < 0)
        _exit(1);
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
    dup2(directory, DIRECTORY);
    dup2(socket, SOCKET);
    highest = directory > socket ? directory : socket;
    if (syscall(SYS_close_range, SOCKET + 1, ~0u, 0) != 0) {
        for (int fd = SOCKET + 1; fd <= (highest > 1024 ? highest : 1024); fd++)
            close(fd);
    }
    setrlimit(RLIMIT_NPROC, &none);
    (void)!chdir("/");
    for (;;) {
        char request[256];
        int32_t answer;
        ssize_t length = recv(SOCKET, request, sizeof request - 1, 0);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            _exit(0);
        request[length] = '\0';
        answer = answer_to(request);
        if (send(SOCKET, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer)
            _exit(0);
    }
}

/* After clean_start.c, and before all other constructors of this program. */
__attribute__((constructor(102)))
static void start_seal(int argc, char **argv)
{
    const char *given = getenv(GIVEN);
    struct stat status;
    int ends[2], directory;
    pid_t child;
    if (!given || argc < 2 || strcmp(argv[1], "daemon") != 0)
        return;
    directory = atoi(given);
    unsetenv(GIVEN);
    if (directory >= 3 && fstat(directory, &status) == 0 && S_ISDIR(status.st_mode)) {
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0) {
            child = fork();
            if (child == 0)
                serve(directory, ends[1], argv[1]);
            close(ends[1]);
            if (child < 0)
                close(ends[0]);
            else
                socket_of_daemon = ends[0];
        }
        close(directory);
    }
    drop_bound(~(1ull << CAP_LINUX_IMMUTABLE | 1ull << CAP_SETPCAP));
    if (set_capabilities(permitted() & ~(1ull << CAP_LINUX_IMMUTABLE | 1ull << CAP_SETPCAP)) != 0)
        _exit(2);
}

#else

int cc_agent_seal_available(void)
{
    return 0;
}

int cc_agent_seal_socket(void)
{
    return -1;
}

#endif
