/*
 * Runs before the runtime, of which some variables would change or end the agent before its first line: a limit that a
 * table sets for its own .NET job (DOTNET_GCHeapHardLimit) must not be the wrapper's. What could change the agent's own
 * doings is taken out of its environment; the job gets all of it, byte for byte (cc_agent_job_environment).
 *
 * The loader and the C library have by then obeyed what is theirs (LD_PRELOAD, GLIBC_TUNABLES): with such a variable the
 * agent starts once more without it, in the same process, and is handed what its job is to have in a sealed memfd.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static char **job_environment;
static int pipe_ignored;

char **cc_agent_job_environment(void)
{
    return job_environment ? job_environment : environ;
}

/* Whether SIGPIPE was ignored by whoever started this; the runtime ignores it in any case. */
int cc_agent_pipe_ignored(void)
{
    return pipe_ignored;
}

#define HANDED "CC_AGENT_ENVIRONMENT"

/* ld.so(8), mallopt(3): a family ends with an underscore. */
static const char *const obeyed[] = { "LD_", "MALLOC_", "GLIBC_TUNABLES", NULL };

/*
 * The runtime's own; the cryptographic library's, which the runtime loads later (a configuration of somebody's would be read into
 * the process that signs); and what glibc keeps from privileged programs, but for TZDIR: where zones lie is data.
 */
static const char *const others[] = {
    "DOTNET_", "COMPlus_", "CORECLR_", "CLR_OPENSSL_", "OPENSSL_", "DYLD_", HANDED, "GCONV_PATH", "GETCONF_DIR", "HOSTALIASES", "LOCALDOMAIN", "LOCPATH",
    "LOCALE_ARCHIVE", "NIS_PATH", "NLSPATH", "RESOLV_HOST_CONF", "RES_OPTIONS", "TMPDIR", NULL
};

static int is_one_of(const char *entry, const char *const *names)
{
    for (; *names; names++) {
        size_t length = strlen(*names);
        if (strncmp(entry, *names, length) == 0
            && ((*names)[length - 1] == '_' || entry[length] == '=' || entry[length] == '\0'))
            return 1;
    }
    return 0;
}

static int is_ours(const char *entry)
{
    return is_one_of(entry, obeyed) || is_one_of(entry, others);
}

static size_t count(char **entries)
{
    size_t n = 0;
    while (entries && entries[n])
        n++;
    return n;
}

#if defined(__linux__) && defined(__GLIBC__)

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* What the first start has handed over; nothing where the variable is somebody else's. */
static char **received(void)
{
    const char *text = getenv(HANDED);
    struct stat status;
    char *end, *at, **entries;
    size_t size, n = 0;
    long fd = text && *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : -1;
    if (fd < 0 || *end || fcntl((int)fd, F_GET_SEALS) != SEALS || fstat((int)fd, &status) != 0)
        return NULL;
    size = (size_t)status.st_size;
    at = mmap(NULL, size ? size : 1, PROT_READ | PROT_WRITE, MAP_PRIVATE, (int)fd, 0);
    close((int)fd);
    if (at == MAP_FAILED)
        return NULL;
    for (size_t i = 0; i < size; i++)
        n += at[i] == '\0';
    if (!(entries = malloc((n + 1) * sizeof *entries)))
        return NULL;
    for (size_t i = 0; i < n; i++, at += strlen(at) + 1)
        entries[i] = at;
    entries[n] = NULL;
    return entries;
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return 0;
        bytes += written;
        length -= (size_t)written;
    }
    return 1;
}

static int handed_over(void)
{
    int fd = memfd_create("cc-agent-environment", MFD_ALLOW_SEALING);
    if (fd >= 0 && fd < 3) {
        int low = fd;
        fd = fcntl(low, F_DUPFD, 3);
        close(low);
    }
    for (char **entry = environ; fd >= 0 && *entry; entry++) {
        if (!write_all(fd, *entry, strlen(*entry) + 1)) {
            close(fd);
            return -1;
        }
    }
    if (fd >= 0 && fcntl(fd, F_ADD_SEALS, SEALS) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Returns only when it could not be done. */
static void start_again(char **arguments)
{
    char handed[sizeof HANDED + 16], **clean = malloc((count(environ) + 2) * sizeof *clean);
    size_t n = 0;
    int fd = clean ? handed_over() : -1;
    if (fd < 0) {
        free(clean);
        return;
    }
    for (char **entry = environ; *entry; entry++) {
        if (!is_ours(*entry))
            clean[n++] = *entry;
    }
    snprintf(handed, sizeof handed, HANDED "=%d", fd);
    clean[n++] = handed;
    clean[n] = NULL;
    execve("/proc/self/exe", arguments, clean);
    close(fd);
    free(clean);
}

#endif

/* Before all other constructors of this program, the runtime's too; Mach-O knows no order among them. */
#ifdef __APPLE__
__attribute__((constructor))
#else
__attribute__((constructor(101)))
#endif
static void clean_start(int argc, char **argv, char **envp)
{
    size_t n = count(environ), kept = 0, found = 0, early = 0;
    struct sigaction pipe;
    (void)argc, (void)argv, (void)envp;
    pipe_ignored = sigaction(SIGPIPE, NULL, &pipe) == 0 && pipe.sa_handler == SIG_IGN;
    for (size_t i = 0; i < n; i++) {
        found += (size_t)is_ours(environ[i]);
        early += (size_t)is_one_of(environ[i], obeyed);
    }
    if (found == 0)
        return;
#if defined(__linux__) && defined(__GLIBC__)
    job_environment = received();
    if (early > 0) {
        start_again(argv);
        /* A job runs all the same; what serves others does not. */
        if (argc > 1 && strcmp(argv[1], "exec") != 0 && strcmp(argv[1], "launch") != 0 && strcmp(argv[1], "relay") != 0) {
            static const char message[] =
                "cc-agent: it cannot be started without the variables of the loader that are set\n  next: unset LD_*, MALLOC_* and GLIBC_TUNABLES\n";
            (void)!write(2, message, sizeof message - 1);
            _exit(2);
        }
    }
#endif
    if (!job_environment) {
        if (!(job_environment = malloc((n + 1) * sizeof *job_environment)))
            return;
        memcpy(job_environment, environ, (n + 1) * sizeof *job_environment);
    }
    /* In place, whatever else already points to it. */
    for (size_t i = 0; i < n; i++) {
        if (!is_ours(environ[i]))
            environ[kept++] = environ[i];
    }
    environ[kept] = NULL;
}
