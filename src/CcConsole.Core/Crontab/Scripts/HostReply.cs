using System.Globalization;
using System.Text;

namespace CcConsole.Core.Crontab.Scripts;

/// <summary>
/// The frame in which the host's script answers: after the line <c>cc-crontab 1</c>, lines <c>key value</c> and parts
/// <c>=name LENGTH</c> with that many bytes and a line feed, then <c>end</c>. Without the end the answer was cut.
/// </summary>
internal sealed class HostReply
{
    private readonly List<ReplyItem> _items = [];
    private readonly Dictionary<string, string> _values = [];
    private readonly Dictionary<string, byte[]> _parts = [];

    /// <summary>True when the frame began at all.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>True when the frame is whole.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>All lines and parts in their order, for an answer in which names come again.</summary>
    public IReadOnlyList<ReplyItem> Items => _items;

    public string this[string key] => _values.GetValueOrDefault(key, "");

    public IReadOnlyDictionary<string, byte[]> Parts => _parts;

    public byte[]? Part(string name) => _parts.GetValueOrDefault(name);

    public static HostReply Parse(ReadOnlySpan<byte> output)
    {
        var reply = new HostReply();
        var begin = "\ncc-crontab 1\n"u8;
        var at = output.IndexOf(begin);
        if (at < 0)
        {
            return reply;
        }

        reply.HasBegun = true;
        for (at += begin.Length; at < output.Length;)
        {
            var length = output[at..].IndexOf((byte)'\n');
            if (length < 0)
            {
                return reply;
            }

            var line = Encoding.UTF8.GetString(output.Slice(at, length));
            at += length + 1;
            if (line == "end")
            {
                reply.IsWhole = true;
                return reply;
            }

            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0)
            {
                return reply;
            }

            if (line[0] != '=')
            {
                reply._values[line[..space]] = line[(space + 1)..];
                reply._items.Add(new(line[..space], line[(space + 1)..], null));
                continue;
            }

            if (!int.TryParse(line.AsSpan(space).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > output.Length - at - 1)
            {
                return reply;
            }

            reply._parts[line[1..space]] = output.Slice(at, size).ToArray();
            reply._items.Add(new(line[1..space], "", reply._parts[line[1..space]]));
            at += size + 1;
        }

        return reply;
    }
}

/// <summary>A line of an answer, or a part.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The line's value; empty for a part.</param>
/// <param name="Bytes">The part's bytes; null for a line.</param>
internal readonly record struct ReplyItem(string Name, string Value, byte[]? Bytes);
