using System.CommandLine;
using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;

namespace CcConsole.Verbs.Crontab;

/// <summary>
/// <c>crontab lint</c>: what a daemon says of a table, and what the table does that it does not seem to say. Exit codes:
/// 0 accepted with nothing worse than a note, 1 refused or found fault with, 2 could not be read.
/// </summary>
internal static class LintVerb
{
    /// <summary>Far above what any daemon reads; a device that never ends is not read on.</summary>
    private const int MostBytes = 64 * 1024 * 1024;
    private const string StandardInput = "-";

    private static readonly Argument<string?> FilePath = new("FILE") { Description = "The table; - for standard input", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> System = new("--system") { Description = "A system table, whose entries name a user: /etc/crontab, /etc/cron.d" };

    private static readonly Option<bool> Codes = new("--codes") { Description = "List the codes of all findings, with their severity and meaning" };

    public static Command Create() => Verb.Create(
        "lint", "Say what a daemon would refuse in a table, and what it would take otherwise than it seems to be meant; columns count characters; exit 0 good, 1 findings",
        "crontab -l | cc-console crontab lint --dialect debian -",
        RunAsync, FilePath, CrontabOptions.Dialect, System, Codes);

    private static Task<int> RunAsync(VerbContext context)
    {
        if (context.Get(Codes))
        {
            LintOutput.Codes(context);
            return Task.FromResult(Verb.Good);
        }

        string path = context.Get(FilePath)
            ?? throw new ProblemException("There is nothing to lint: no FILE", "cc-console crontab lint FILE, or - for standard input; see cc-console crontab lint --help");
        CrontabDocument table = CrontabDocument.Parse(Read(path, context.Stop), context.Get(CrontabOptions.Dialect), context.Get(System));
        LintReport report = CrontabLinter.Lint(table);
        if (context.Json) context.Document(json => LintOutput.Json(json, report));
        else LintOutput.Text(context.Output, path == StandardInput ? "standard input" : path, table, report, LintOutput.HasColour);
        return Task.FromResult(report.IsGood ? Verb.Good : Verb.Findings);
    }

    private static byte[] Read(string path, CancellationToken stop)
    {
        try
        {
            using Stream stream = path == StandardInput ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            using var bytes = new MemoryStream();
            byte[] buffer = new byte[64 * 1024];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                stop.ThrowIfCancellationRequested();
                bytes.Write(buffer, 0, read);
                if (bytes.Length > MostBytes) throw new ProblemException($"{path} is no table: it has more than {MostBytes / 1024 / 1024} MiB", "Name the table's file");
            }
            return bytes.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ProblemException($"{path} could not be read: {e.Message}", "Name a file that this user may read, or - for standard input", e);
        }
    }
}
