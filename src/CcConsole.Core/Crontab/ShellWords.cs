using System.Buffers;
using System.Text;

namespace CcConsole.Core.Crontab;

/// <summary>One word of a shell's command line, its quotes removed.</summary>
/// <param name="Bytes">What the program gets.</param>
/// <param name="Doubled">Positions of backslashes with an empty pair of quotes before them that nothing asked for.</param>
internal sealed record ShellWord(byte[] Bytes, int[] Doubled)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public bool Is(ReadOnlySpan<byte> text) => Bytes.AsSpan().SequenceEqual(text);
}

/// <summary>
/// Reads the words of a simple command that needs no evaluation: plain characters, single quotes, backslashes, and
/// double quotes with nothing special inside (POSIX, Shell Command Language, 2.2). Anything else is not guessed at.
/// </summary>
internal static class ShellWords
{
    /// <summary>What needs no quoting.</summary>
    public static readonly SearchValues<char> Safe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@+=:,./-");

    public static bool TryRead(ReadOnlySpan<byte> text, out List<ShellWord> words)
    {
        words = [];
        for (var at = 0; ;)
        {
            at = EntrySyntax.SkipBlanks(text, at);
            if (at == text.Length)
            {
                return true;
            }

            if (!TryWord(text, ref at, out var word))
            {
                return false;
            }

            words.Add(word);
        }
    }

    private static bool TryWord(ReadOnlySpan<byte> text, ref int at, out ShellWord word)
    {
        var bytes = new List<byte>();
        var doubled = new List<int>();
        word = new ShellWord([], []);
        while (at < text.Length && text[at] is not ((byte)' ' or (byte)'\t'))
        {
            switch (text[at])
            {
                case (byte)'\'':
                    if (!TrySingleQuotes(text, ref at, bytes, doubled))
                    {
                        return false;
                    }

                    break;
                case (byte)'"':
                    var length = text[(at + 1)..].IndexOf((byte)'"');
                    if (length < 0 || text.Slice(at + 1, length).IndexOfAny((byte)'$', (byte)'`', (byte)'\\') >= 0)
                    {
                        return false;
                    }

                    bytes.AddRange(text.Slice(at + 1, length));
                    at += length + 2;
                    break;
                case (byte)'\\' when at + 1 < text.Length:
                    bytes.Add(text[at + 1]);
                    at += 2;
                    break;
                case >= 0x80:
                case var plain when Safe.Contains((char)plain):
                    bytes.Add(text[at++]);
                    break;
                default:
                    return false;
            }
        }

        word = new ShellWord([.. bytes], [.. doubled]);
        return true;
    }

    /// <summary>Reads from an opening quote to the closing one; <c>''</c> in between closes and opens again.</summary>
    private static bool TrySingleQuotes(ReadOnlySpan<byte> text, ref int at, List<byte> bytes, List<int> doubled)
    {
        var empty = 0;
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '\'')
            {
                var needed = bytes.Count > 0 && bytes[^1] == '\\' ? 1 : 0;
                if (text[at] == '\\' && empty > needed)
                {
                    doubled.Add(bytes.Count);
                }

                bytes.Add(text[at]);
                empty = 0;
                continue;
            }

            if (at + 1 == text.Length || text[at + 1] != '\'')
            {
                at++;
                return true;
            }

            at++;
            empty++;
        }

        return false;
    }
}
