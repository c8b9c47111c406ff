using System.Globalization;

namespace CcConsole.Core.Audit.Findings;

/// <summary>How entries, counts and times are spelled in sentences.</summary>
internal static class Spelling
{
    public static string Entry(long seq) => string.Create(CultureInfo.InvariantCulture, $"#{seq}");

    /// <summary><c>#3</c>, or <c>#3 to #9</c>.</summary>
    public static string Entries(long first, long last) => first == last ? Entry(first) : $"{Entry(first)} to {Entry(last)}";

    /// <summary>The verb's form for them.</summary>
    public static string Be(long first, long last) => first == last ? "is" : "are";

    /// <summary><c>1 entry</c>, <c>8842 entries</c>.</summary>
    public static string Count(long count) => string.Create(CultureInfo.InvariantCulture, $"{count} {Form(count, "entry", "entries")}");

    /// <summary><c>1 entry is whole</c>, <c>8842 entries are whole</c>.</summary>
    public static string Whole(long count) => $"{Count(count)} {Form(count, "is", "are")} whole";

    /// <summary>The form of a word that goes with so many.</summary>
    public static string Form(long count, string one, string many) => count == 1 ? one : many;

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary><c> at 2026-11-21 13:05 UTC</c>; nothing where the time is not known.</summary>
    public static string At(DateTimeOffset? time) => time is { } known ? $" at {Time(known)}" : "";
}
