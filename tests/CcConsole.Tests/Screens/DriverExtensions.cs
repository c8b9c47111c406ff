using CcConsole.Tui.Testing;
using Xunit;

namespace CcConsole.Tests.Screens;

internal static class DriverExtensions
{
    /// <summary>Waits until nothing runs any more that the person asked for.</summary>
    public static async Task<ScreenDriver> WaitUntilIdle(this ScreenDriver screen)
    {
        // Not by the status line: what is told of something else stands in its place.
        var operations = ScreenFleet.ShellOf(screen).Operations;
        screen.Settle();
        for (var i = 0; i < 6000 && operations.Newest is not null; i++)
        {
            await Task.Delay(10);
            screen.Settle();
        }
        Assert.Null(operations.Newest);
        return screen;
    }
}
