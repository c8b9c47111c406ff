using System.Globalization;
using System.Text;
using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Exec;

/// <summary>
/// What is set for the job and not for its wrapper. It is set by this program, started once more in the job's place, which
/// then becomes the job (`launch`): the wrapper itself stays able to report.
/// </summary>
internal readonly record struct Launch
{
    internal const string Verb = "launch";

    private const int CannotRun = 126, NotFound = 127;

    // How long a job that ignores SIGXCPU goes on, in seconds of its CPU time, before SIGKILL (setrlimit(2)).
    private const long CpuGrace = 5;

    /// <summary>The niceness, -20 to 19.</summary>
    internal int? Nice { get; init; }

    /// <summary>The file mode mask.</summary>
    internal int? Mask { get; init; }

    /// <summary>Bytes of address space for each process.</summary>
    internal long? Memory { get; init; }

    /// <summary>Processes and threads of the user, those of other programs counted; does not bind root.</summary>
    internal long? Processes { get; init; }

    /// <summary>Seconds of CPU time for each process.</summary>
    internal long? CpuSeconds { get; init; }

    /// <summary>Open files for each process.</summary>
    internal long? Files { get; init; }

    internal bool IsNeeded => this != default;

    /// <summary>The command line that sets all this and then becomes the command.</summary>
    internal byte[][] Before(byte[][] command)
    {
        return
        [
            .. Array.ConvertAll([ChildProcess.Self, Verb, Text(Nice), Text(Mask), Text(Memory), Text(Processes), Text(CpuSeconds), Text(Files)], Encoding.UTF8.GetBytes),
            .. command,
        ];
    }

    /// <summary>Becomes the command, or says why not and returns what a shell would: 127 or 126.</summary>
    /// <param name="arguments">As <see cref="Before"/> makes them, without the program.</param>
    internal static unsafe int Run(string[] arguments)
    {
        const int values = 7;
        if (arguments.Length <= values)
            throw new ProblemException("launch is for exec alone", "cc-agent exec --help");
        var launch = new Launch
        {
            Nice = (int?)Number(arguments[1]),
            Mask = (int?)Number(arguments[2]),
            Memory = Number(arguments[3]),
            Processes = Number(arguments[4]),
            CpuSeconds = Number(arguments[5]),
            Files = Number(arguments[6]),
        };
        var raw = RawArguments.Last(arguments.Length - values, arguments);
        using var command = new NativeStrings(raw);
        // Nothing can be loaded or allocated for sure once the memory limit is set: all that may be said is ready before, and
        // what runs then has run before it.
        ReadOnlySpan<int> errors = [Errno.NoEntry, Errno.AccessDenied, Errno.NoMemory, Errno.NotPermitted];
        var said = new byte[errors.Length + 1][];
        for (var i = 0; i < said.Length; i++)
            said[i] = Encoding.UTF8.GetBytes($"cc-agent: cannot run {Encoding.UTF8.GetString(raw[0])}: {(i < errors.Length ? Libc.ErrorText(errors[i]) : "it is no program of this machine")}\n");
        var missing = stackalloc byte[1];
        _ = Fail(Libc.Execute(missing, command.Pointer, Libc.Environment), errors, said, -1);
        _ = Libc.SetDisposition(Signals.Pipe, Libc.PipeIgnored ? 1 : 0);
        if (launch.Set() is { } problem)
        {
            StandardStreams.Say($"the command was not started: {problem}");
            return CannotRun;
        }

        var exitCode = Fail(Libc.Execute(command.Pointer[0], command.Pointer, Libc.Environment), errors, said, StandardStreams.Error);
        Libc._exit(exitCode);
        return exitCode;
    }

    private static unsafe int Fail(int failed, ReadOnlySpan<int> errors, byte[][] said, int fd)
    {
        var error = failed == 0 ? 0 : Libc.LastError;
        var at = errors.IndexOf(error);
        var text = said[at < 0 ? errors.Length : at];
        fixed (byte* bytes = text)
            _ = Libc.write(fd, bytes, (nuint)text.Length);
        return error == Errno.NoEntry ? NotFound : CannotRun;
    }

    private string? Set()
    {
        if (Mask is { } mask)
            _ = Libc.umask((uint)mask);
        return Limited("--limit-files", ResourceLimit.Files, Files, 0)
            ?? Limited("--limit-processes", ResourceLimit.Processes, Processes, 0)
            ?? Limited("--limit-cpu", ResourceLimit.CpuSeconds, CpuSeconds, CpuGrace)
            ?? (Nice is { } nice && Libc.SetNice(nice) != 0 ? $"--nice {nice}: {Libc.ErrorText(Libc.LastError)}" : null)
            ?? Limited("--limit-memory", ResourceLimit.Memory, Memory, 0);
    }

    private static string? Limited(string flag, int resource, long? value, long grace) =>
        value is { } most && !Libc.TryLimit(resource, (ulong)most, (ulong)(most + grace)) ? $"{flag} {most}: {Libc.ErrorText(Libc.LastError)}" : null;

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static long? Number(string text) => text == "-" ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ProblemException("launch is for exec alone", "cc-agent exec --help");
}
