using System.Globalization;
using System.Text;

namespace CcAgent.Verbs;

/// <summary>Text of jobs and tables for a terminal: control characters and those that turn the direction of writing show as ␛.</summary>
internal static class PlainText
{
    internal static string Of(string? text)
    {
        var plain = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                plain.Append('␛');
            else
                plain.Append(rune);
        }

        return plain.ToString();
    }
}
