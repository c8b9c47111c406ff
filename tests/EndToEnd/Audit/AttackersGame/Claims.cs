using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CcConsole.Tests.Shared;

namespace EndToEnd.Audit.AttackersGame;

/// <summary>Who says it, and so what its words may rest on.</summary>
internal enum Speaker
{
    /// <summary>The agent, which has its own head file.</summary>
    Host,

    /// <summary>The console, which holds what the host has now against what it had pulled before.</summary>
    Live,

    /// <summary>The console, of what it has just taken.</summary>
    Copy,
}

/// <summary>
/// What a verification says is proven, and what it says is not: held against the lines that it speaks of, sentence by sentence. A sentence
/// about proof that is not known here is itself wrong.
/// </summary>
internal static partial class Claims
{
    public const string AfterT = "what was written after someone became root on the host is unverifiable, signed or not";

    /// <summary>What is claimed and does not hold, or what had to be said and is not; null when nothing is.</summary>
    /// <param name="verification">The output of a verification as JSON.</param>
    /// <param name="speaker">Who says it.</param>
    /// <param name="lines">The lines that it is about.</param>
    /// <param name="model">What was there at T.</param>
    public static string? Wrong(ProgramResult verification, Speaker speaker, IReadOnlyList<string> lines, ThreatModel model)
    {
        using JsonDocument json = JsonDocument.Parse(verification.Output.Trim().Split('\n')[0]);
        string[] proven = Sentences(json, "proven"), open = Sentences(json, "open");
        Examination examined = ThreatModel.Examine(lines);
        int changed = model.FirstChanged(lines), shown = -1;
        foreach (string sentence in proven)
        {
            if (Whole().Match(sentence) is { Success: true } whole)
            {
                if (Last(whole) >= Math.Max(examined.Whole, Linked(lines, examined)))
                    return $"it is not whole that far, {examined.Wrong}: {sentence}";
            }
            else if (Signed().Match(sentence) is { Success: true } signed)
            {
                int by = Number(signed, "by");
                if (Last(signed) != by - 1 || by > examined.LastSigned || !LineText.IsEvent(lines[by], "audit.checkpoint"))
                    return $"that is not signed: {sentence}";
                // A checkpoint of before T, and something under it is another than it was at T.
                if (by >= changed && model.Holds(by, lines[by]))
                    return $"what #{by} had signed before T was changed after: {sentence}";
                shown = Math.Max(shown, by);
            }
            else if (Remembered().Match(sentence) is { Success: true } remembered)
            {
                int at = Number(remembered, "at");
                if (speaker == Speaker.Live && (at >= model.Pulled || at >= changed))
                    return $"#{at} was not pulled before T, or is another now: {sentence}";
                if (at >= lines.Count)
                    return $"#{at} is not there: {sentence}";
                if (speaker != Speaker.Host)
                    shown = Math.Max(shown, at);
            }
            else
            {
                return $"nothing is known here of such a proof: {sentence}";
            }
        }

        if (verification.Code != 0)
            return null;
        if (!open.Any(sentence => sentence.Contains(AfterT, StringComparison.Ordinal)))
            return $"it is not said that what comes after T is unverifiable: {string.Join("; ", open)}";
        if (shown >= lines.Count - 1 || open.Contains("nothing in it is signed: only who remembers a head can tell it from one written anew"))
            return null;
        return open.Select(sentence => Linkage().Match(sentence)).Any(match => match.Success && Number(match, "from") <= shown + 1 && Last(match) == lines.Count - 1) ? null
            : $"#{shown + 1} to #{lines.Count - 1} are neither signed nor remembered, and that is not said: {string.Join("; ", open)}";
    }

    // Of a wrong signature the entry that holds it is whole nonetheless, and so are those after it.
    private static int Linked(IReadOnlyList<string> lines, Examination examined)
    {
        int i = examined.Whole;
        while (i < lines.Count && LineText.Stored(lines[i]) is { } hash && LineText.Computed(lines[i]) == hash && LineText.Text(lines[i], "prev_hash") == (i == 0 ? LineText.NoHash : LineText.Stored(lines[i - 1])))
            i++;
        return i;
    }

    private static string[] Sentences(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out JsonElement sentences) ? [.. sentences.EnumerateArray().Select(sentence => sentence.GetString()!)] : [];

    private static int Number(Match match, string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    private static int Last(Match match) => Number(match, match.Groups["to"].Success ? "to" : "from");

    [GeneratedRegex("^#(?<from>[0-9]+)(?: to #(?<to>[0-9]+))? (?:is|are) whole")]
    private static partial Regex Whole();

    [GeneratedRegex("^#0(?: to #(?<to>[0-9]+))? (?:is|are) signed by the chain's keys, .* by #(?<by>[0-9]+): who took over the host after that, and had no earlier key, cannot")]
    private static partial Regex Signed();

    [GeneratedRegex("^#(?<at>[0-9]+) is the (?:one that this console saw|head that this console remembers|one that the host's own head file names)")]
    private static partial Regex Remembered();

    [GeneratedRegex("^#(?<from>[0-9]+)(?: to #(?<to>[0-9]+))? (?:is|are) linked,? but (?:neither signed nor remembered|not signed): who ")]
    private static partial Regex Linkage();
}
