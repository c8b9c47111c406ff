using System.CommandLine;
using System.Text;
using CcConsole.Core.Crontab;

namespace CcConsole.Verbs.Crontab;

/// <summary><c>crontab unwrap</c>: prints the command that a wrapped line runs; exit 1 for a foreign line.</summary>
internal static class UnwrapVerb
{
    private static readonly Argument<string> Line = new("LINE") { Description = "A crontab line, or its command part" };

    public static Command Create() => Verb.Create(
        "unwrap", "Print the command that the job of a wrapped line runs; exit 1 for a line that the agent does not run",
        "cc-console crontab unwrap -- \"$(crontab -l | grep backup)\"",
        RunAsync, CrontabOptions.Dialect, Line);

    private static Task<int> RunAsync(VerbContext context)
    {
        WrappedCommand? wrapped = CommandWrapper.Unwrap(context.Get(Line), context.Get(CrontabOptions.Dialect));
        if (wrapped is null)
        {
            if (context.Json) context.Document(json => json.WriteBoolean("foreign", true));
            else context.Error.WriteLine("cc-console: a foreign line: the agent does not run it");
            return Task.FromResult(Verb.Findings);
        }

        if (!context.Json)
        {
            context.WriteData(wrapped.CommandText);
            return Task.FromResult(Verb.Good);
        }

        context.Document(json =>
        {
            json.WriteBoolean("foreign", false);
            json.WriteString("command", wrapped.CommandText);
            json.WriteString("job_id", wrapped.JobId);
            json.WriteString("agent", wrapped.AgentPath);
            json.WriteString("socket_path", wrapped.SocketPath);
            json.WriteString("shell", wrapped.Shell);
            json.WriteStartArray("flags");
            foreach (string flag in wrapped.Flags) json.WriteStringValue(flag);
            json.WriteEndArray();
            json.WriteString("input", wrapped.RawInput is { } input ? Encoding.UTF8.GetString(input) : null);
        });
        return Task.FromResult(Verb.Good);
    }
}
