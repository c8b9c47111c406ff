using System.Globalization;
using System.Text;
using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Exec;

/// <summary>
/// What a job leaves in the background may hold its output open after its end. Without a wrapper whoever started the job
/// sees its end then all the same, so the wrapper ends too, and this program, started once more (`relay`), goes on passing
/// the output on until nobody can write any more.
/// </summary>
internal static unsafe class Relay
{
    internal const string Verb = "relay";

    /// <summary>Hands both streams over, once what is held back of them is passed on.</summary>
    /// <param name="output">The job's standard output.</param>
    /// <param name="errors">The job's standard error.</param>
    /// <param name="on">Whether they go on to this process's own; else they are read and dropped.</param>
    internal static void Start(RelayedStream output, RelayedStream errors, bool on)
    {
        output.Flush();
        errors.Flush();
        int first = output.Detach(), second = errors.Detach();
        using (var command = new NativeStrings(
            Array.ConvertAll([ChildProcess.Self, Verb, Text(Inherited(first)), Text(Inherited(second)), on ? "on" : "off"], Encoding.UTF8.GetBytes)))
        {
            var error = ChildProcess.Start(
                command.Pointer, Libc.Environment, new ChildProcess.Setup(-1, StandardStreams.Output, StandardStreams.Error, false), out _);
            if (error != 0)
            {
                // As long as it takes, then: nothing that a program still writes is to be lost, or to end it.
                Drain(first, second, on);
                return;
            }
        }

        foreach (var fd in (ReadOnlySpan<int>)[first, second])
        {
            if (fd >= 0)
                _ = Libc.close(fd);
        }
    }

    internal static int Run(string[] arguments)
    {
        if (arguments.Length != 4 || !Number(arguments[1], out var output) || !Number(arguments[2], out var errors))
            throw new ProblemException("relay is for exec alone", "cc-agent exec --help");
        Drain(output, errors, arguments[3] == "on");
        return 0;
    }

    private static void Drain(int output, int errors, bool on)
    {
        RelayedStream first = new(output, on ? StandardStreams.Output : -1), second = new(errors, on ? StandardStreams.Error : -1);
        _ = first.Finish();
        _ = second.Finish();
        var entries = stackalloc PollEntry[2];
        while (first.Prepare(out entries[0]) | second.Prepare(out entries[1]))
        {
            _ = Libc.poll(entries, 2, -1);
            if (entries[0].Came != 0)
                first.Step();
            if (entries[1].Came != 0)
                second.Step();
        }
    }

    private static int Inherited(int fd)
    {
        const int setFlags = 2;
        if (fd >= 0)
            _ = Libc.fcntl(fd, setFlags, 0);
        return fd;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool Number(string text, out int number) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && number is -1 or > 2;
}
