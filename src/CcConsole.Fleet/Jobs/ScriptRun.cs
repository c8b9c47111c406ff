using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using CcConsole.Core;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Jobs;

/// <summary>
/// A run on a host without an agent, by sh: cron's environment (HOME, LOGNAME, SHELL, PATH), then the table's variables over it, in
/// the home directory. What it writes comes as one stream, in its order.
/// </summary>
internal static class ScriptRun
{
    public static async IAsyncEnumerable<RunEvent> StartAsync(HostConnection connection, RunRequest request, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (request.User is not null)
        {
            throw new ProblemException($"{connection.Host.Name}: a job of another user can be run only by the host's agent", "Connect as that user.");
        }

        long start = time.GetTimestamp();
        ICommandStream run = await connection.Shell.OpenAsync(Script(request), null, cancellation).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            Task input = FeedAsync(run.Input, request.Input ?? []);
            byte[] buffer = new byte[32 * 1024];
            for (int read; (read = await run.Output.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
            {
                yield return new RunOutput(false, buffer.AsSpan(0, read).ToArray());
            }

            int exitCode = await run.Exit.WaitAsync(cancellation).ConfigureAwait(false);
            await input.ConfigureAwait(false);
            yield return new RunEnded(exitCode, time.GetElapsedTime(start));
        }
    }

    internal static string Script(RunRequest request)
    {
        // env -i and not exports: the login's own variables are not cron's.
        StringBuilder script = new("cd \"$HOME\" || exit 1; exec env -i HOME=\"$HOME\" LOGNAME=\"$(id -un)\" SHELL=/bin/sh PATH=/usr/bin:/bin");
        string shell = "/bin/sh";
        foreach ((string name, string value) in request.Variables)
        {
            script.Append(' ').Append(AgentCommand.Quote($"{name}={value}"));
            shell = name == "SHELL" && value.Length > 0 ? value : shell;
        }

        return script.Append(' ').Append(AgentCommand.Quote(shell)).Append(" -c ").Append(Word(request.Command.Span)).Append(" 2>&1").ToString();
    }

    /// <summary>Bytes as one word: those that are not UTF-8 by printf, since the script itself is text.</summary>
    private static string Word(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return AgentCommand.Quote(Encoding.UTF8.GetString(bytes));
        }

        StringBuilder word = new("\"$(printf '");
        foreach (byte each in bytes)
        {
            word.Append('\\').Append((char)('0' + (each >> 6))).Append((char)('0' + ((each >> 3) & 7))).Append((char)('0' + (each & 7)));
        }

        return word.Append("')\"").ToString();
    }

    private static async Task FeedAsync(Stream input, byte[] bytes)
    {
        try
        {
            await using (input.ConfigureAwait(false))
            {
                await input.WriteAsync(bytes).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // A job that does not read its input is served too.
        }
    }
}
