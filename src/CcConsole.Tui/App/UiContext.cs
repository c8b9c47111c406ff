namespace CcConsole.Tui.App;

/// <summary>Brings what follows an <c>await</c> on the UI thread back to it.</summary>
internal sealed class UiContext(Application application) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => application.Post(() => d(state));

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Current == this)
        {
            d(state);
            return;
        }
        using var done = new ManualResetEventSlim();
        application.Post(() =>
        {
            d(state);
            done.Set();
        });
        done.Wait();
    }

    public override SynchronizationContext CreateCopy() => this;
}
