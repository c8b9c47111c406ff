namespace CcConsole.Tui.Text;

/// <summary>Breaks prose into rows at its blanks; a word that is wider than a row is cut where the row ends.</summary>
public static class WordWrap
{
    /// <summary>How many characters of the text the first row takes, the blank it breaks at included.</summary>
    /// <param name="text">The text from the row's start on; not empty.</param>
    /// <param name="width">Columns of the screen; at least one cluster is taken however few they are.</param>
    public static int Next(ReadOnlySpan<char> text, int width)
    {
        var fits = Math.Max(Graphemes.Fit(text, width, out _), Math.Min(Graphemes.Next(text), text.Length));
        if (fits >= text.Length)
            return text.Length;
        // The blank at the break belongs to the row that it ends: nothing is lost, and the next row begins with a word.
        if (text[fits] == ' ')
            return fits + 1;
        var blank = text[..fits].LastIndexOf(' ');
        return blank > 0 && text[..blank].ContainsAnyExcept(' ') ? blank + 1 : fits;
    }
}
