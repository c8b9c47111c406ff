using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CcConsole.Verbs.Output;

/// <summary>Writes one JSON document a call, ended by a line feed: what <c>--json</c> prints.</summary>
internal static class JsonOutput
{
    // Not for HTML: a person reads these too. Control characters are escaped all the same, and what else turns or hides text afterwards.
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One document, indented.</summary>
    public static void Document(TextWriter output, Action<Utf8JsonWriter> write) => Write(output, write, Readable);

    /// <summary>One document on one line, where results stream.</summary>
    public static void Line(TextWriter output, Action<Utf8JsonWriter> write)
    {
        Write(output, write, OneLine);
        output.Flush();
    }

    /// <summary>One object on one line, without a line feed: for a part of a document.</summary>
    public static string Text(Action<Utf8JsonWriter> members)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, OneLine))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return Plain(buffer.WrittenSpan);
    }

    private static void Write(TextWriter output, Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, options)) write(json);
        output.Write(Plain(buffer.WrittenSpan));
        output.Write('\n');
    }

    // Such characters stand inside of texts only, where an escape is the same to a reader. Those beyond 16 bits are escaped already.
    private static string Plain(ReadOnlySpan<byte> json)
    {
        string text = Encoding.UTF8.GetString(json);
        if (!text.Any(IsHidden)) return text;
        var plain = new StringBuilder(text.Length + 64);
        foreach (char c in text)
        {
            if (IsHidden(c)) plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else plain.Append(c);
        }
        return plain.ToString();
    }

    private static bool IsHidden(char c) => !char.IsAscii(c) && char.GetUnicodeCategory(c)
        is UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
