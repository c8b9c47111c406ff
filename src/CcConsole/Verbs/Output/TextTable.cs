using Spectre.Console;
using Spectre.Console.Rendering;

namespace CcConsole.Verbs.Output;

/// <summary>
/// A plain table: one row a line, columns by two spaces, no borders, so that it reads well and cuts well.
/// Spectre measures and lays out; its detection is not used, since it writes escapes into pipes. Cells are
/// data: they are made plain before they are printed.
/// </summary>
internal sealed class TextTable
{
    /// <summary>No terminal is asked: long cells are not folded, and whoever reads the output decides.</summary>
    private const int Width = 4000;

    private readonly Table _table = new() { Border = TableBorder.None, ShowHeaders = true };

    public TextTable(params string[] columns)
    {
        for (int i = 0; i < columns.Length; i++)
            _table.AddColumn(new TableColumn(new Text(columns[i])) { NoWrap = true, Padding = new Padding(0, 0, i == columns.Length - 1 ? 0 : 2, 0) });
    }

    public int Count => _table.Rows.Count;

    public void Add(params string[] cells) => _table.AddRow(Array.ConvertAll<string, IRenderable>(cells, cell => new Text(Plain.Text(cell))));

    public void WriteTo(TextWriter output)
    {
        // Spectre pads each line to the column's width; the padding at a line's end is of no use to anyone.
        using var buffer = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new PlainOutput(buffer),
        });
        console.Write(_table);
        foreach (ReadOnlySpan<char> line in buffer.ToString().AsSpan().TrimEnd().EnumerateLines())
        {
            output.Write(line.TrimEnd());
            output.Write('\n');
        }
    }

    /// <summary>Spectre's own output asks .NET's console, which switches the terminal's keypad and leaves it so.</summary>
    private sealed class PlainOutput(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        public int Width => TextTable.Width;

        public int Height => TextTable.Width;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
