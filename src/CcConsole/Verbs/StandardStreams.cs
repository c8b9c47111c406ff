using System.Text;

namespace CcConsole.Verbs;

/// <summary>Standard output and error: UTF-8 without a byte order mark, buffered, flushed by the verb that wrote.</summary>
internal static class StandardStreams
{
    public static TextWriter Output { get; } = Open(Console.OpenStandardOutput(), autoFlush: false);

    public static TextWriter Error { get; } = Open(Console.OpenStandardError(), autoFlush: true);

    private static StreamWriter Open(Stream stream, bool autoFlush) =>
        new(stream, new UTF8Encoding(false), 16 * 1024) { AutoFlush = autoFlush, NewLine = "\n" };
}
