using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>The text of a detail pane: facts, and paragraphs.</summary>
internal sealed class DetailText
{
    private const int LabelWidth = 13;

    /// <summary>Where it is shown.</summary>
    public TextPane Pane { get; } = new() { Wrap = true, WrapWords = true };

    /// <summary>Removes everything.</summary>
    public void Clear() => Pane.Clear();

    /// <summary>A heading.</summary>
    public void Title(string text) => Pane.AppendLine(OneLine(text), "title");

    /// <summary>A label and its value; without a value nothing.</summary>
    public void Fact(string label, string? value, string scope = "text")
    {
        if (!string.IsNullOrEmpty(value))
            Pane.AppendLine(label.PadRight(LabelWidth) + OneLine(value), scope);
    }

    /// <summary>A paragraph.</summary>
    public void Text(string? text, string scope = "text")
    {
        if (!string.IsNullOrEmpty(text))
            Pane.AppendLine(text, scope);
    }

    /// <summary>A text of a host as one line: a line feed in it must not begin a line that looks like one of the console's own.</summary>
    public static string OneLine(string text) => text.AsSpan().IndexOfAny('\n', '\r') < 0 ? text : text.Replace('\n', '␊').Replace('\r', '␍');

    /// <summary>An empty line.</summary>
    public void Space() => Pane.AppendLine("");
}
