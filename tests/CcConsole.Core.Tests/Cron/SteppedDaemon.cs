using System.Globalization;
using System.Text;
using CcConsole.Tests.Shared;

namespace CcConsole.Core.Tests.Cron;

/// <summary>
/// Debian's real cron by a clock that the test sets: what the daemon asks for the time and how it sleeps is answered by a small
/// library loaded before libc, in which a sleep moves the time on at once. Two days pass in seconds and nothing depends on how
/// busy the machine is. The daemon's own log says what it started; the library stamps each line with the daemon's time.
/// </summary>
internal static class SteppedDaemon
{
    private const string Library = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <stdarg.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <sys/wait.h>
        #include <time.h>
        #include <unistd.h>

        static time_t now;

        static long setting(const char *name) { return strtol(getenv(name), NULL, 10); }

        time_t time(time_t *result)
        {
            if (!now) now = setting("STEPPED_START");
            if (result) *result = now;
            return now;
        }

        /* A job forks from the daemon with the daemon's time, so that what it logs is stamped with it. */
        unsigned sleep(unsigned seconds)
        {
            struct timespec moment = { 0, 500000 };
            now = time(NULL) + seconds;
            nanosleep(&moment, NULL);
            if (now < setting("STEPPED_END")) return 0;
            while (wait(NULL) > 0 || errno == EINTR) { }
            _exit(0);
        }

        static void record(const char *format, va_list arguments)
        {
            char line[2048];
            int length = snprintf(line, sizeof line, "%ld ", (long)time(NULL));
            length += vsnprintf(line + length, sizeof line - length - 1, format, arguments);
            if (length > (int)sizeof line - 2) length = sizeof line - 2;
            line[length++] = '\n';
            int file = open(getenv("STEPPED_LOG"), O_WRONLY | O_CREAT | O_APPEND, 0666);
            if (file < 0 || write(file, line, length) != length) _exit(99);
            close(file);
        }

        void syslog(int priority, const char *format, ...)
        {
            va_list arguments;
            va_start(arguments, format);
            record(format, arguments);
            va_end(arguments);
        }

        void __syslog_chk(int priority, int flag, const char *format, ...)
        {
            va_list arguments;
            va_start(arguments, format);
            record(format, arguments);
            va_end(arguments);
        }
        """;

    /// <summary>Starts the daemon at a moment, lets it run to another, and gives the moments at which it started each command.</summary>
    public static async Task<ILookup<string, DateTime>> RunAsync(CronDaemon daemon, CronUser user, string table, string zone, DateTime from, DateTime to)
    {
        var source = Path.Combine(daemon.Root, "stepped.c");
        var library = Path.Combine(daemon.Root, "stepped.so");
        var log = Path.Combine(daemon.Root, "stepped.log");
        await File.WriteAllTextAsync(source, Library);
        Require(await daemon.RunAsync(["gcc", "-shared", "-fPIC", "-w", "-o", library, source]));
        File.Delete(log);
        await daemon.InstallAsync(user, Encoding.UTF8.GetBytes(table));
        Require(await daemon.RunAsync(
            ["env", "TZ=" + zone, "LD_PRELOAD=" + library, "STEPPED_LOG=" + log, Setting("START", from), Setting("END", to), "cron", "-f"], timeoutSeconds: 600));

        // "1774738801 (user) CMD (command)"
        return (await File.ReadAllLinesAsync(log))
            .Select(line => line.Split(' ', 4))
            .Where(parts => parts is [_, _, "CMD", _])
            .ToLookup(parts => parts[3][1..^1], parts => DateTime.UnixEpoch.AddSeconds(long.Parse(parts[0], CultureInfo.InvariantCulture)));
    }

    private static string Setting(string name, DateTime time) =>
        string.Create(CultureInfo.InvariantCulture, $"STEPPED_{name}={(long)(time - DateTime.UnixEpoch).TotalSeconds}");

    private static void Require(CronResult result)
    {
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(result.ErrorText);
        }
    }
}
