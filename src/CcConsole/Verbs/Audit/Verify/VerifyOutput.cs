using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Findings;

namespace CcConsole.Verbs.Audit.Verify;

/// <summary>What a verification found, as text and as JSON: one object a line, a line a chain.</summary>
internal static class VerifyOutput
{
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
