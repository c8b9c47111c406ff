using System.CommandLine;
using System.Text.Json;
using CcConsole.Verbs.Output;

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

    /// <summary>Prints one JSON object.</summary>
    public void Document(Action<Utf8JsonWriter> members) => JsonOutput.Document(Output, json =>
    {
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    });

    /// <summary>Prints one JSON object on one line, at once: for results that stream.</summary>
    public void Line(Action<Utf8JsonWriter> members) => JsonOutput.Line(Output, json =>
    {
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    });

    /// <summary>Prints a line of data: byte for byte into a file or pipe, made plain for a terminal.</summary>
    public void WriteData(string text) => Output.WriteLine(StandardStreams.IsOutputTerminal ? Plain.Text(text) : text);
}
