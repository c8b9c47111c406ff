using System.CommandLine;
using System.Text;
using CcConsole.Core.Jobs;
using CcConsole.Fleet;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job run</c>: runs a job now as cron would, with live output; Ctrl+C ends it. Exit 1 when it fails.</summary>
internal static class JobRunVerb
{
    public static Command Create() => FleetVerb.Create(
        "run", "Run a job now as cron would, with live output; Ctrl+C stops it; exit 1 when the job fails",
        "cc-console job run web01 backup", RunAsync, FleetVerb.Host, JobTarget.Job, JobTarget.Table);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        (JobEditor table, Job job) = await JobTarget.FindAsync(context, fleet);
        if (job.State == JobState.Paused)
        {
            const string Paused = "the job is paused: cron does not start it; this run is for now alone";
            if (context.Json) context.Line(json => json.WriteString("note", Paused));
            else context.Error.WriteLine($"note: {Paused}");
        }
        RunText output = new(), error = new();
        int exit = Verb.Failure;
        await foreach (RunEvent happened in fleet.Jobs.RunAsync(table, job, context.Stop))
        {
            switch (happened)
            {
                case RunNote note when context.Json:
                    context.Line(json => json.WriteString("note", note.Text));
                    break;
                case RunNote note:
                    context.Error.WriteLine($"note: {Plain.Text(note.Text)}");
                    break;
                case RunOutput wrote:
                    string? text = (wrote.IsError ? error : output).Next(wrote.Bytes.Span, out byte[] bytes);
                    await WriteAsync(context, wrote.IsError, text, bytes);
                    break;
                case RunEnded ended:
                    exit = ended.ExitCode;
                    await WriteAsync(context, false, output.Rest(out byte[] lastOutput), lastOutput);
                    await WriteAsync(context, true, error.Rest(out byte[] lastError), lastError);
                    if (context.Json)
                    {
                        context.Line(json =>
                        {
                            json.WriteNumber("exit_code", ended.ExitCode);
                            json.WriteNumber("duration_ms", (long)ended.Duration.TotalMilliseconds);
                            if (ended.Signal is { } signal)
                            {
                                json.WriteNumber("signal", signal);
                            }
                        });
                    }
                    else
                    {
                        context.Error.WriteLine($"{(exit == 0 ? '✓' : '✗')} {Plain.Text(job.Id)}: {(ended.Signal is { } by ? $"signal {by}" : $"exit {exit}")} after {ended.Duration.TotalSeconds:0.###} s");
                    }
                    break;
            }
        }
        return exit == 0 ? Verb.Good : Verb.Findings;
    }

    /// <summary>To a terminal made plain, to a file or pipe byte for byte; in JSON what is no UTF-8 goes as base64.</summary>
    private static async Task WriteAsync(VerbContext context, bool isError, string? text, byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return;
        }

        if (context.Json)
        {
            string name = isError ? "stderr" : "stdout";
            context.Line(json =>
            {
                if (text is null)
                {
                    json.WriteBase64String($"{name}_base64", bytes);
                }
                else
                {
                    json.WriteString(name, text);
                }
            });
            return;
        }

        TextWriter writer = isError ? context.Error : context.Output;
        if (isError ? StandardStreams.IsErrorTerminal : StandardStreams.IsOutputTerminal)
        {
            await writer.WriteAsync(Plain.Lines(text ?? Encoding.UTF8.GetString(bytes)));
            await writer.FlushAsync(context.Stop);
        }
        else if (text is null && writer is StreamWriter stream)
        {
            await stream.FlushAsync(context.Stop);
            await stream.BaseStream.WriteAsync(bytes, context.Stop);
        }
        else
        {
            await writer.WriteAsync(text ?? Encoding.UTF8.GetString(bytes));
            await writer.FlushAsync(context.Stop);
        }
    }
}
