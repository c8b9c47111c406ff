using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace CcConsole.Core.Reports;

/// <summary>Reads execution reports that come from elsewhere: sizes, types, duplicate keys and depth are checked.</summary>
public static class ReportReader
{
    /// <summary>
    /// Reads one report. False with <paramref name="problem"/> in words when it is not one; never throws on bad input.
    /// </summary>
    /// <param name="utf8">One JSON object, with white space around it at most.</param>
    /// <param name="report">The report.</param>
    /// <param name="problem">What is wrong with it, one sentence without a final full stop; empty when nothing is.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ExecutionReport? report, out string problem)
    {
        report = null;
        if (utf8.Length > ReportLimits.MaxReportBytes)
        {
            problem = $"the report has {utf8.Length} bytes, more than {ReportLimits.MaxReportBytes}";
            return false;
        }

        if (!Utf8.IsValid(utf8))
        {
            problem = "the report is not UTF-8";
            return false;
        }

        try
        {
            problem = CheckKeys(utf8);
            if (problem.Length > 0)
                return false;
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ReportLimits.MaxDepth });
            report = ReportMembers.Read(ref reader, out problem);
            return report is not null;
        }
        catch (JsonException e)
        {
            problem = $"the report is not valid JSON at byte {e.BytePositionInLine ?? 0}";
            return false;
        }
        catch (InvalidOperationException)
        {
            // A string with half of a surrogate pair, which has no UTF-8 form.
            problem = "the report holds a string that is not Unicode text";
            return false;
        }
    }

    private static string CheckKeys(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ReportLimits.MaxDepth });
        var objects = new Stack<HashSet<string>>();
        var first = true;
        var members = 0;
        while (reader.Read())
        {
            if (first && reader.TokenType != JsonTokenType.StartObject)
                return "the report is not a JSON object";
            first = false;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    objects.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    objects.Pop();
                    break;
                case JsonTokenType.String when reader.ValueIsEscaped:
                    _ = reader.GetString();
                    break;
                case JsonTokenType.PropertyName when ++members > ReportLimits.MaxMembers:
                    return $"the report has more than {ReportLimits.MaxMembers} members";
                case JsonTokenType.PropertyName:
                    var name = reader.GetString()!;
                    if (!objects.Peek().Add(name))
                        return $"the member \"{Shorten(name)}\" occurs twice";
                    break;
            }
        }

        return "";
    }

    internal static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
