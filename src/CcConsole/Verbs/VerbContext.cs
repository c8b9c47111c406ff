using System.CommandLine;

namespace CcConsole.Verbs;

/// <summary>What one invocation of a verb works with: where its data and its words go, and whether as JSON.</summary>
internal sealed class VerbContext(ParseResult parsed, TextWriter output, TextWriter error, bool json, CancellationToken stop)
{
    /// <summary>Standard output: data and nothing else.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Standard error: progress, notes and errors.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>True when the person asked for JSON: one document, or one a line where results stream.</summary>
    public bool Json { get; } = json;

    /// <summary>Cancelled by Ctrl+C and SIGTERM.</summary>
    public CancellationToken Stop { get; } = stop;

    public T Get<T>(Option<T> option) => parsed.GetValue(option)!;

    public T Get<T>(Argument<T> argument) => parsed.GetValue(argument)!;
}
