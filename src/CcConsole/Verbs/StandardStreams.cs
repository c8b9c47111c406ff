using System.Text;

namespace CcConsole.Verbs;

/// <summary>Standard output and error: UTF-8 without a byte order mark, buffered, flushed by the verb that wrote.</summary>
internal static class StandardStreams
{
    public static TextWriter Output { get; } = Open(new OutputStream(1), autoFlush: false);

    public static TextWriter Error { get; } = Open(new OutputStream(2), autoFlush: true);

    /// <summary>True when a person reads the output as it comes.</summary>
    public static bool IsOutputTerminal { get; } = !Console.IsOutputRedirected;

    /// <summary>True when a person sees the notes as they come.</summary>
    public static bool IsErrorTerminal { get; } = !Console.IsErrorRedirected;

    /// <summary>A line from the terminal; null at its end. Not by Console.ReadLine, which switches the terminal's keypad and leaves it so.</summary>
    public static string? ReadLine()
    {
        using var reader = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        return reader.ReadLine();
    }

    private static StreamWriter Open(OutputStream stream, bool autoFlush) =>
        new(stream, new UTF8Encoding(false), 16 * 1024) { AutoFlush = autoFlush, NewLine = "\n" };
}
