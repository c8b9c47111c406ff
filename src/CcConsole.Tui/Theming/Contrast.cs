using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Theming;

/// <summary>Contrast of two colours as WCAG 2.2 defines it.</summary>
public static class Contrast
{
    /// <summary>The least ratio for text of usual size.</summary>
    public const double Least = 4.5;

    /// <summary>The ratio of the lighter to the darker, 1 to 21. Both must be 24-bit colours.</summary>
    public static double Ratio(Color a, Color b)
    {
        var (x, y) = (Luminance(a), Luminance(b));
        return (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
    }

    private static double Luminance(Color color) =>
        0.2126 * Linear(color.R) + 0.7152 * Linear(color.G) + 0.0722 * Linear(color.B);

    private static double Linear(byte channel)
    {
        var value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
