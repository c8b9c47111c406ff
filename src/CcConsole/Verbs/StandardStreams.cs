using System.Text;

namespace CcConsole.Verbs;

/// <summary>Standard output and error: UTF-8 without a byte order mark, buffered, flushed by the verb that wrote.</summary>
internal static class StandardStreams
{
    public static TextWriter Output { get; } = Open(Console.OpenStandardOutput(), autoFlush: false);

    public static TextWriter Error { get; } = Open(Console.OpenStandardError(), autoFlush: true);

    /// <summary>True when a person reads the output as it comes.</summary>
    public static bool IsOutputTerminal { get; } = !Console.IsOutputRedirected;

    /// <summary>True when a person sees the notes as they come.</summary>
    public static bool IsErrorTerminal { get; } = !Console.IsErrorRedirected;

    private static StreamWriter Open(Stream stream, bool autoFlush) =>
        new(stream, new UTF8Encoding(false), 16 * 1024) { AutoFlush = autoFlush, NewLine = "\n" };
}
