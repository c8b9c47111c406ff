using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Testing;

/// <summary>SGR as a terminal reads it.</summary>
internal static class Sgr
{
    public static Style Apply(Style style, ReadOnlySpan<int> numbers)
    {
        if (numbers.IsEmpty)
            return Style.Default;
        while (!numbers.IsEmpty)
        {
            var used = 1;
            style = numbers[0] switch
            {
                0 => Style.Default,
                1 => With(style, TextAttributes.Bold),
                2 => With(style, TextAttributes.Dim),
                3 => With(style, TextAttributes.Italic),
                4 => With(style, TextAttributes.Underline),
                7 => With(style, TextAttributes.Reverse),
                9 => With(style, TextAttributes.Strike),
                >= 30 and <= 37 => style with { Foreground = Color.Indexed((byte)(numbers[0] - 30)) },
                >= 90 and <= 97 => style with { Foreground = Color.Indexed((byte)(numbers[0] - 82)) },
                >= 40 and <= 47 => style with { Background = Color.Indexed((byte)(numbers[0] - 40)) },
                >= 100 and <= 107 => style with { Background = Color.Indexed((byte)(numbers[0] - 92)) },
                39 => style with { Foreground = Color.Default },
                49 => style with { Background = Color.Default },
                38 => style with { Foreground = Extended(numbers, out used) },
                48 => style with { Background = Extended(numbers, out used) },
                _ => throw new InvalidOperationException($"unknown SGR {numbers[0]}"),
            };
            numbers = numbers[used..];
        }
        return style;
    }

    private static Style With(Style style, TextAttributes attribute) => style with { Attributes = style.Attributes | attribute };

    private static Color Extended(ReadOnlySpan<int> numbers, out int used)
    {
        used = numbers[1] == 5 ? 3 : 5;
        return numbers[1] == 5
            ? Color.Indexed((byte)numbers[2])
            : Color.Rgb((byte)numbers[2], (byte)numbers[3], (byte)numbers[4]);
    }
}
