using System.Globalization;
using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit;
using Humanizer;

namespace CcConsole.Screens;

/// <summary>What a verification of a copy means, in the words of <c>audit verify</c>: what is proven, since when and against whom, and what is not.</summary>
internal static class AuditExplanation
{
    /// <summary>The text.</summary>
    public static string Of(CopyVerification found)
    {
        var finding = found.Finding;
        var explanation = finding.Explain();
        var text = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"{finding.Result.Verdict.Word()}, {"entry".ToQuantity(finding.Result.Entries)}: {DetailText.OneLine(finding.Result.Message)}."),
        };
        if (finding.Conflict is { } conflict)
            text.Add($"The host contradicts this copy: {DetailText.OneLine(conflict)}.");
        Add("PROVEN", explanation.Proven);
        Add("NOT PROVEN", explanation.Open);
        if (explanation.Next is { } next)
            Add("WHAT TO DO", [next]);
        return string.Join('\n', text);

        void Add(string heading, IReadOnlyList<string> sentences)
        {
            text.Add("");
            text.Add(heading);
            text.AddRange(sentences.Count > 0 ? sentences.Select(sentence => $"- {sentence}.") : ["- nothing."]);
        }
    }
}
