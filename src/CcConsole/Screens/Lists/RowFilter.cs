namespace CcConsole.Screens;

/// <summary>A filter as it is typed: words that must all occur, <c>!word</c> that must not. Case does not matter.</summary>
/// <param name="Words">Words that must occur.</param>
/// <param name="Not">Words that must not.</param>
internal sealed record RowFilter(IReadOnlyList<string> Words, IReadOnlyList<string> Not)
{
    /// <summary>Lets everything through.</summary>
    public static RowFilter None { get; } = new([], []);

    /// <summary>Whether it lets everything through.</summary>
    public bool IsEmpty => Words.Count == 0 && Not.Count == 0;

    /// <summary>Reads what was typed; a lone <c>!</c> is a word not yet finished.</summary>
    public static RowFilter Parse(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new RowFilter(
            [.. parts.Where(part => part[0] != '!')],
            [.. parts.Where(part => part[0] == '!' && part.Length > 1).Select(part => part[1..])]);
    }

    /// <summary>Whether a row with this text passes.</summary>
    public bool Matches(string text) =>
        Words.All(word => text.Contains(word, StringComparison.OrdinalIgnoreCase))
        && !Not.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
