using System.Text.Json;
using CcConsole.Core.Audit.Segments;

namespace CcConsole.Core.Audit.Findings;

/// <summary>
/// What a verification came to, with what the chain was held against: verdict, exit code, text and JSON, the same wherever a chain is
/// verified. What it means in plain words is <see cref="Explanation"/>.
/// </summary>
public sealed record VerifyFinding
{
    private readonly VerifyResult _result = null!;

    /// <summary>What the lines say; bytes among them that belong to no entry are a finding too.</summary>
    public required VerifyResult Result
    {
        get => NotAttested.Count > 0 && _result.Verdict.ExitCode() != 1
            ? _result with { Verdict = Verdict.NonCanonical, FirstBad = null, Message = NotAttested[0].NotAttested }
            : _result;
        init => _result = value;
    }

    /// <summary>Sequence number of the first line that is there.</summary>
    public long First => Range?.First ?? Result.FirstSeq;

    /// <summary>Sequence number of the first entry that was verified.</summary>
    public long FirstVerified => Range?.Range.From ?? Result.FirstSeq;

    /// <summary>Sequence number of the last entry that was verified; one before <see cref="FirstVerified"/> where none was.</summary>
    public long LastVerified => FirstVerified + Result.Verified - 1;

    /// <summary>What was verified, where that is not all.</summary>
    public RangeFinding? Range { get; init; }

    /// <summary>What the chain was held against; null when against nothing.</summary>
    public ChainAnchor? Anchor { get; init; }

    /// <summary>Torn ends of segments that no entry attests: bytes that someone else put there.</summary>
    public IReadOnlyList<TornEnd> NotAttested { get; init; } = [];

    /// <summary>What the agent itself found when it opened its log, each in a sentence.</summary>
    public IReadOnlyList<string> Alarms { get; init; } = [];

    /// <summary>What the host gave that contradicts this copy, and that no one has resolved; null when nothing does.</summary>
    public string? Conflict { get; init; }

    /// <summary>When the lines were taken from the host, where that is known.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>Whether the chain holds what was remembered of it.</summary>
    public bool IsAnchored => Anchor is not null && Result.Verdict.IsWhole() && Result.Anchored;

    /// <summary>True when nothing contradicts it, and what was remembered elsewhere than beside it is there.</summary>
    public bool IsGood => ExitCode() == 0;

    /// <summary>0 good, 1 tampered with, 2 incomplete, or unanchored where an anchor was asked for; to give one, or to remember one of a host, is to ask.</summary>
    /// <param name="anchorRequired">Whether the chain must be held against something.</param>
    public int ExitCode(bool anchorRequired = false) => Alarms.Count > 0 || Conflict is not null
        ? 1
        : Result.ExitCode(anchorRequired || Anchor is { Source: AnchorSource.Given or AnchorSource.Console });

    /// <summary>What is proven, since when and against whom, and what is not.</summary>
    public Explanation Explain() => Explanation.Of(this);

    /// <summary>The finding as lines of text.</summary>
    /// <param name="name">What was verified, fit for the terminal.</param>
    /// <param name="brief">Without the explanation.</param>
    /// <param name="plain">Makes text that is not ours fit for the terminal.</param>
    public IEnumerable<string> Lines(string name, bool brief, Func<string, string> plain)
    {
        ArgumentNullException.ThrowIfNull(plain);
        yield return $"{(IsGood ? '✓' : '✗')} {name}: {Result.Verdict.Word()}, {Spelling.Count(Result.Entries)}: {Result.Message}";
        if (Result.Head is { } head)
            yield return $"    head {FirstVerified + Result.Verified}:{head}";
        foreach (var end in NotAttested)
            yield return $"    torn end: {end.NotAttested}";
        foreach (var alarm in Alarms)
            yield return $"    alarm: {plain(alarm)}";
        if (Conflict is { } conflict)
            yield return $"    the host contradicts this copy: {plain(conflict)}";
        if (brief)
            yield break;
        var explanation = Explain();
        foreach (var sentence in explanation.Proven)
            yield return $"    proven: {sentence}";
        foreach (var sentence in explanation.Open)
            yield return $"    open:   {sentence}";
        if (explanation.Next is { } next)
            yield return $"    next:   {next}";
    }

    /// <summary>Writes the members of the finding's JSON object, all but what names the chain.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteNumber("entries", Result.Entries);
        json.WriteString("head", Result.Head?.ToString());
        json.WriteString("verdict", Result.Verdict.Word());
        if (Result.FirstBad is { } bad)
            json.WriteNumber("first_bad", bad);
        else
            json.WriteNull("first_bad");
        json.WriteString("message", Result.Message);
        json.WriteNumber("verified", Result.Verified);
        if (Anchor is { } anchor)
        {
            json.WriteStartObject("remembered");
            json.WriteNumber("count", anchor.Head.Count);
            json.WriteString("hash", anchor.Head.Hash.ToString());
            json.WriteString("by", anchor.Source switch { AnchorSource.Given => "you", AnchorSource.Host => "host", _ => "console" });
            if (anchor.At is { } at)
                json.WriteString("at", at);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("remembered");
        }
        if (Range is { } range)
        {
            json.WriteNumber("from", range.Range.From);
            json.WriteNumber("to", range.Range.To);
        }
        WriteSignatures(json);
        var explanation = Explain();
        Write(json, "proven", explanation.Proven);
        Write(json, "open", explanation.Open);
        json.WriteString("next", explanation.Next);
        Write(json, "torn_ends", NotAttested.Select(end => end.NotAttested));
        Write(json, "alarms", Alarms);
    }

    private void WriteSignatures(Utf8JsonWriter json)
    {
        if (Result.SignedSince is { } since)
            json.WriteNumber("signed_since", since);
        else
            json.WriteNull("signed_since");
        json.WriteNumber("checkpoints", Result.Checkpoints);
        if (Result.LastCheckpoint is { } last)
        {
            json.WriteStartObject("last_checkpoint");
            json.WriteNumber("seq", last.Seq);
            json.WriteNumber("size", last.Size);
            json.WriteString("root", last.Root.ToString());
            if (last.Time is { } time)
                json.WriteString("time", time);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("last_checkpoint");
        }
        json.WriteStartArray("warnings");
        foreach (var warning in Result.Warnings)
        {
            json.WriteStartObject();
            json.WriteNumber("line", warning.Line);
            json.WriteString("message", warning.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
