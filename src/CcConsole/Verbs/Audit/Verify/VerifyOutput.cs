using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Findings;
using CcConsole.Fleet.Audit;

namespace CcConsole.Verbs.Audit.Verify;

/// <summary>What a verification found, as text and as JSON: one object a line, a line a chain.</summary>
internal static class VerifyOutput
{
    /// <summary>Exit code when something is lacking that was asked for.</summary>
    public const int Incomplete = 2;

    /// <summary>Prints a finding; gives its exit code.</summary>
    public static int Write(VerbContext context, VerifyRequest options, Action<Utf8JsonWriter> subject, string name, VerifyFinding finding)
    {
        if (context.Json)
        {
            context.Line(json =>
            {
                subject(json);
                finding.Write(json);
            });
        }
        else
        {
            foreach (string line in finding.Lines(Plain.Text(name), options.Brief, Plain.Text)) context.Output.WriteLine(line);
        }
        return finding.ExitCode(options.Anchored);
    }

    /// <summary>
    /// Says that a host has no copy that could be verified; gives the exit code: 1 when it contradicts what was seen, else 2 when a copy was put aside and
    /// nothing pulled since, or when the person asked for more than what is there.
    /// </summary>
    public static int WithoutCopy(VerbContext context, VerifyRequest options, AuditState state)
    {
        int code = state.IsBad ? Verb.Findings
            : state.SetAsideAt is not null || options.Anchored || options.MaxAge is not null ? Incomplete
            : Verb.Good;
        string words = AuditOutput.NoCopy(state);
        if (context.Json)
        {
            context.Line(json =>
            {
                json.WriteString("host", state.Host);
                json.WriteNull("pulled_at");
                json.WriteString("conflict", state.Conflict?.Message);
                json.WriteNumber("entries", 0);
                json.WriteNull("head");
                json.WriteString("verdict", state.Verdict);
                json.WriteNull("first_bad");
                json.WriteString("message", words);
            });
            return code;
        }
        context.Output.WriteLine($"{(code == Verb.Good ? '○' : '✗')} {Plain.Text(state.Host)}: {Plain.Text(words)}");
        if (!options.Brief) context.Output.WriteLine($"    next:   cc-console audit {(state.IsBad ? "heads" : $"pull {Plain.Text(state.Host)}")}");
        return code;
    }

    /// <summary>Says that a chain could not be read; gives the exit code.</summary>
    public static int Unreadable(VerbContext context, Action<Utf8JsonWriter> subject, string name, Exception why)
    {
        if (context.Json)
        {
            context.Line(json =>
            {
                subject(json);
                json.WriteNumber("entries", 0);
                json.WriteNull("head");
                json.WriteString("verdict", "UNREADABLE");
                json.WriteNull("first_bad");
                json.WriteString("message", why.Message);
            });
        }
        context.Error.WriteLine($"cc-console: {Plain.Text(name)} could not be read: {Plain.Text(why.Message)}");
        if (why is ProblemException { Hint.Length: > 0 } problem) context.Error.WriteLine($"  next: {Plain.Text(problem.Hint)}");
        return Verdicts.Unreadable;
    }
}
