using CcConsole.Tui.Testing;

namespace CcConsole.Tests.Screens;

/// <summary>A fleet whose hosts' chains are shown on the audit screen.</summary>
public abstract class AuditScreenTest : IAsyncDisposable
{
    private protected ScreenFleet Fleet { get; } = new();

    /// <summary>Ends the screen and the fleet.</summary>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Fleet.DisposeAsync();
    }

    private protected async Task<ScreenDriver> StartAsync(string until, int width = 120, int height = 40) =>
        await Fleet.Start(width, height).Press("5").WaitForText(until);
}
