using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>Tells whether a line sets a variable, by the states that both daemons' env.c goes through.</summary>
internal static class VariableSyntax
{
    /// <summary>debian reads this much of an environment line and drops the rest without a word.</summary>
    public const int DebianLimit = 998;

    private enum State
    {
        Name,
        Equals,
        BeforeValue,
        Value,
        End,
    }

    /// <summary>Whether the line (from its first byte that is not blank, without its line feed) sets a variable.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, CronDialect dialect, out string name, out string value)
    {
        var sets = TryParseBytes(line, dialect, out var nameBytes, out var valueBytes);
        (name, value) = (Encoding.UTF8.GetString(nameBytes), Encoding.UTF8.GetString(valueBytes));
        return sets;
    }

    /// <summary>The same, in the bytes that the daemon keeps.</summary>
    public static bool TryParseBytes(ReadOnlySpan<byte> line, CronDialect dialect, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        if (dialect == CronDialect.Busybox)
        {
            return BusyboxSyntax.TryVariable(line, out name, out value);
        }

        name = value = default;
        if (dialect == CronDialect.Debian && line.Length > DebianLimit)
        {
            line = line[..DebianLimit];
        }

        var at = 0;
        var quote = TakeQuote(line, ref at);
        var start = at;
        int nameEnd = -1, valueStart = 0, valueEnd = -1;
        for (var state = State.Name; at < line.Length;)
        {
            var c = line[at];
            switch (state)
            {
                case State.Name when quote != 0 && c == quote:
                case State.Name when quote == 0 && IsSpace(c):
                    (nameEnd, state) = (at++, State.Equals);
                    break;
                case State.Name when c == '=' && quote != 0:
                    return false;
                case State.Name when c == '=':
                    (nameEnd, state) = (at, State.Equals);
                    break;
                case State.Equals when c == '=':
                    at++;
                    state = State.BeforeValue;
                    break;
                case State.Equals when !IsSpace(c):
                    return false;
                case State.BeforeValue when !IsSpace(c):
                    quote = TakeQuote(line, ref at);
                    (valueStart, state) = (at, State.Value);
                    break;
                case State.Value when quote != 0 && c == quote:
                    (valueEnd, state) = (at++, State.End);
                    break;
                case State.End when !IsSpace(c):
                    return false;
                default:
                    at++;
                    break;
            }

            if (at >= line.Length && !IsComplete(state, quote, dialect))
            {
                return false;
            }
        }

        if (nameEnd < 0)
        {
            return false;
        }

        name = line[start..nameEnd];
        var bytes = valueEnd >= 0 ? line[valueStart..valueEnd] : valueStart == 0 ? default : TrimEnd(line[valueStart..]);
        value = dialect == CronDialect.Cronie ? bytes : Unquote(TrimEnd(bytes));
        return true;
    }

    private static bool IsComplete(State state, byte quote, CronDialect dialect) => state switch
    {
        State.End => true,
        State.Value => quote == 0,
        State.BeforeValue => dialect == CronDialect.Cronie,
        _ => false,
    };

    private static byte TakeQuote(ReadOnlySpan<byte> line, ref int at) =>
        at < line.Length && line[at] is (byte)'\'' or (byte)'"' ? line[at++] : (byte)0;

    /// <summary>debian trims what stood in quotes too, and then strips a second pair of quotes; cronie leaves it as it is.</summary>
    private static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> value) =>
        value.Length >= 2 && value[0] is (byte)'\'' or (byte)'"' && value[^1] == value[0] ? value[1..^1] : value;

    private static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty && IsSpace(value[^1]))
        {
            value = value[..^1];
        }

        return value;
    }

    private static bool IsSpace(byte c) => c is (byte)' ' or (>= 9 and <= 13);
}
