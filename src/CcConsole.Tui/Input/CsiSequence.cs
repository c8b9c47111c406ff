using System.Text;

namespace CcConsole.Tui.Input;

/// <summary>A control sequence: <c>CSI prefix parameters intermediate final</c>. A parameter can have parts, <c>97:65;5:1</c>.</summary>
/// <param name="Prefix"><c>&lt; = &gt; ?</c>, or NUL.</param>
/// <param name="Parameters">Numbers; -1 for those left out.</param>
/// <param name="Intermediate">The last byte before the final one, or NUL.</param>
/// <param name="Final">The byte that ends it.</param>
internal sealed record CsiSequence(char Prefix, IReadOnlyList<int[]> Parameters, char Intermediate, char Final)
{
    public static CsiSequence Read(ReadOnlySpan<byte> bytes, byte final)
    {
        var prefix = '\0';
        if (!bytes.IsEmpty && bytes[0] is (byte)'<' or (byte)'=' or (byte)'>' or (byte)'?')
        {
            prefix = (char)bytes[0];
            bytes = bytes[1..];
        }
        var intermediate = '\0';
        while (!bytes.IsEmpty && bytes[^1] is >= 0x20 and < 0x30)
        {
            intermediate = (char)bytes[^1];
            bytes = bytes[..^1];
        }
        var parameters = new List<int[]>();
        foreach (var part in Encoding.ASCII.GetString(bytes).Split(';'))
            parameters.Add([.. part.Split(':').Select(Number)]);
        return new CsiSequence(prefix, parameters, intermediate, (char)final);
    }

    /// <summary>The parameter's first part, or <paramref name="otherwise"/> when it is left out.</summary>
    public int Parameter(int index, int otherwise = 0, int part = 0) =>
        index < Parameters.Count && part < Parameters[index].Length && Parameters[index][part] >= 0 ? Parameters[index][part] : otherwise;

    /// <summary>The event that it stands for; null for one that is not known.</summary>
    public InputEvent? ToEvent() => (Prefix, Intermediate, Final) switch
    {
        ('<', '\0', 'M' or 'm') => MouseReport.FromSgr(Parameter(0), Parameter(1, 1), Parameter(2, 1), Final == 'm'),
        ('\0', '\0', 'I') => new FocusEvent(true),
        ('\0', '\0', 'O') => new FocusEvent(false),
        ('?', '$', 'y') => new ReplyEvent(ReplyKind.Mode, [Parameter(0), Parameter(1)]),
        ('?', '\0', 'u') => new ReplyEvent(ReplyKind.KeyboardFlags, [Parameter(0)]),
        ('?', '\0', 'c') => new ReplyEvent(ReplyKind.DeviceAttributes, [.. Parameters.Select(p => p[0])]),
        ('\0', '\0', _) => KeySequence.FromCsi(this) is { } key ? new KeyEvent(key) : null,
        _ => null,
    };

    private static int Number(string text) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : -1;
}
