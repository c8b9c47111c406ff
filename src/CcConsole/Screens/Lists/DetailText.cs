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
    public void Title(string text) => Pane.AppendLine(text, "title");

    /// <summary>A label and its value; without a value nothing.</summary>
    public void Fact(string label, string? value, string scope = "text")
    {
        if (!string.IsNullOrEmpty(value))
            Pane.AppendLine(label.PadRight(LabelWidth) + value, scope);
    }

    /// <summary>A paragraph.</summary>
    public void Text(string? text, string scope = "text")
    {
        if (!string.IsNullOrEmpty(text))
            Pane.AppendLine(text, scope);
    }

    /// <summary>An empty line.</summary>
    public void Space() => Pane.AppendLine("");
}
