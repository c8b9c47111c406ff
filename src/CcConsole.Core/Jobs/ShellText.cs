using System.Text;

namespace CcConsole.Core.Jobs;

/// <summary>Bytes as words of POSIX sh, and scripts as one line of text.</summary>
internal sealed class ShellText
{
    private readonly List<byte> _bytes = [];

    /// <summary>What <see cref="Line"/> is read and run by: from standard input, which stays where it is behind the line.</summary>
    public const string ReadLine = """IFS= read -r s && eval "$(printf %b "$s")" """;

    private static ReadOnlySpan<byte> Plain => " ./-_=:;,{}[]()<>|&\"$@#*?~+"u8;

    /// <summary>Adds a piece of script.</summary>
    public ShellText Add(string script)
    {
        _bytes.AddRange(Encoding.UTF8.GetBytes(script));
        return this;
    }

    /// <summary>Adds a blank and one word, whatever it holds but NUL.</summary>
    public ShellText Word(ReadOnlySpan<byte> word)
    {
        _bytes.Add((byte)' ');
        return Quoted(word);
    }

    /// <summary>Adds one word, or the rest of one.</summary>
    public ShellText Quoted(ReadOnlySpan<byte> word)
    {
        _bytes.Add((byte)'\'');
        foreach (var b in word)
        {
            if (b == '\'')
            {
                _bytes.AddRange("'\\''"u8);
            }
            else
            {
                _bytes.Add(b);
            }
        }

        _bytes.Add((byte)'\'');
        return this;
    }

    /// <summary>Adds a blank and one word.</summary>
    public ShellText Word(string word) => Word(Encoding.UTF8.GetBytes(word));

    /// <summary>The script as printable ASCII without quotes and backslash pairs, for <c>printf %b</c>: octal escapes stand for the rest.</summary>
    public string Line()
    {
        var text = new StringBuilder(_bytes.Count * 2);
        foreach (var b in _bytes)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || Plain.Contains(b))
            {
                text.Append((char)b);
            }
            else
            {
                text.Append("\\0").Append((char)('0' + (b >> 6))).Append((char)('0' + ((b >> 3) & 7))).Append((char)('0' + (b & 7)));
            }
        }

        return text.ToString();
    }

    /// <summary>The script as one command of sh.</summary>
    public string Command() => $"eval \"$(printf %b '{Line()}')\"";
}
