using System.Text;

namespace CcConsole.Core.Reports;

/// <summary>What text costs in a report: bytes of JSON, escapes included (see <see cref="ReportTextEncoder"/>).</summary>
internal static class ReportText
{
    /// <summary>What all of it costs.</summary>
    internal static int Cost(ReadOnlySpan<byte> text)
    {
        var cost = 0;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var length);
            cost += Cost(rune);
            text = text[length..];
        }

        return cost;
    }

    /// <summary>How many bytes at the end of it cost no more than the budget.</summary>
    internal static int Fitting(ReadOnlySpan<byte> text, int budget)
    {
        var rest = text;
        while (!rest.IsEmpty)
        {
            Rune.DecodeLastFromUtf8(rest, out var rune, out var length);
            budget -= Cost(rune);
            if (budget < 0)
                break;
            rest = rest[..^length];
        }

        return text.Length - rest.Length;
    }

    private static int Cost(Rune rune) => rune.Value switch
    {
        '\n' or '\r' or '\t' or '\b' or '\f' or '"' or '\\' => 2,
        < ' ' or 0x7F => 6,
        _ => rune.Utf8SequenceLength,
    };
}
