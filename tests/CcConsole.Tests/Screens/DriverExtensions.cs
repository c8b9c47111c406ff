using CcConsole.Tui.Testing;
using Xunit;

namespace CcConsole.Tests.Screens;

internal static class DriverExtensions
{
    /// <summary>Waits until nothing runs any more that the person asked for.</summary>
    public static async Task<ScreenDriver> WaitUntilIdle(this ScreenDriver screen)
    {
        for (var i = 0; i < 6000 && screen.Settle().Text.Contains("Ctrl+C cancels", StringComparison.Ordinal); i++)
            await Task.Delay(10);
        Assert.DoesNotContain("Ctrl+C cancels", screen.Text);
        return screen;
    }
}
