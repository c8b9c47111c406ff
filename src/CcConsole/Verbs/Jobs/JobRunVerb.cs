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
        "cc-console job run web01 backup", RunAsync, FleetVerb.Host, JobVerbs.Job);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        JobEditor table = await fleet.Jobs.OpenAsync(context.Get(FleetVerb.Host), cancellation: context.Stop);
        Job job = table.Jobs.Find(context.Get(JobVerbs.Job));
        // A character may be split between two pieces, of each stream on its own.
        Decoder output = Encoding.UTF8.GetDecoder(), error = Encoding.UTF8.GetDecoder();
        int exit = Verb.Failure;
        await foreach (RunEvent happened in fleet.Jobs.RunAsync(table, job, context.Stop))
        {
            switch (happened)
            {
                case RunOutput wrote:
                    string text = Decode(wrote.IsError ? error : output, wrote.Bytes.Span);
                    if (context.Json)
                    {
                        context.Line(json => json.WriteString(wrote.IsError ? "stderr" : "stdout", text));
                    }
                    else
                    {
                        (wrote.IsError ? context.Error : context.Output).Write((wrote.IsError ? StandardStreams.IsErrorTerminal : StandardStreams.IsOutputTerminal) ? Plain.Lines(text) : text);
                        await context.Output.FlushAsync(context.Stop);
                    }
                    break;
                case RunEnded ended:
                    exit = ended.ExitCode;
                    if (context.Json)
                    {
                        context.Line(json =>
                        {
                            json.WriteNumber("exit_code", ended.ExitCode);
                            json.WriteNumber("duration_ms", (long)ended.Duration.TotalMilliseconds);
                        });
                    }
                    else
                    {
                        context.Error.WriteLine($"{(exit == 0 ? '✓' : '✗')} {Plain.Text(job.Id)}: exit {exit} after {ended.Duration.TotalSeconds:0.###} s");
                    }
                    break;
            }
        }
        return exit == 0 ? Verb.Good : Verb.Findings;
    }

    private static string Decode(Decoder decoder, ReadOnlySpan<byte> bytes)
    {
        char[] characters = new char[decoder.GetCharCount(bytes, flush: false)];
        return new string(characters, 0, decoder.GetChars(bytes, characters, flush: false));
    }
}
