using System.Globalization;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Theming;
using Xunit;

namespace CcConsole.Tests.Screens;

/// <summary>Drawing again what is there allocates nothing: a console that is open for days must not keep the collector busy.</summary>
public sealed class RedrawTests : IAsyncDisposable
{
    private readonly ScreenFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Theory]
    [InlineData(80, 24)]
    [InlineData(200, 60)]
    public void A_redraw_of_fifty_hosts_allocates_nothing(int width, int height)
    {
        for (var i = 0; i < 50; i++)
            _fleet.Known(string.Create(CultureInfo.InvariantCulture, $"web{i:00}"), "0 3 * * * /opt/backup\n", TimeSpan.FromMinutes(i), i % 7 == 0 ? "no route" : null, "web");
        _fleet.Start(width, height);
        Assert.Equal(0, AllocatedByRedraw(new Size(width, height)));
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(200, 60)]
    public void A_redraw_of_fifty_jobs_allocates_nothing(int width, int height)
    {
        for (var i = 0; i < 12; i++)
            _fleet.Report("web01", "backup", i % 5 == 0 ? 1 : 0, TimeSpan.FromDays(i));
        var job = "0 3 * * * /usr/bin/cc-agent exec --job-id 'backup' -- /bin/sh -c '/opt/backup'\n";
        _fleet.Known("web01", string.Concat(Enumerable.Repeat(job, 25)) + string.Concat(Enumerable.Repeat("not an entry\n", 25)));
        _fleet.Down.Add("web01");
        _fleet.Start(width, height).Press("Enter");
        Assert.Equal(0, AllocatedByRedraw(new Size(width, height)));
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(200, 60)]
    public async Task A_redraw_of_a_long_chain_allocates_nothing(int width, int height)
    {
        _fleet.Chain("web01", 20_000).Known("web01", "");
        var screen = _fleet.Start(width, height).Press("5");
        await screen.WaitForText("VERIFIED");
        screen.Press("G").Press("PgUp").Press("Space");
        Assert.Equal(0, AllocatedByRedraw(new Size(width, height)));
    }

    /// <summary>Bytes that 100 redraws allocate: the least of several tries, since the runtime compiles in between.</summary>
    private long AllocatedByRedraw(Size size)
    {
        var styles = new StyleTable();
        var frame = new Frame(size, styles, new GlyphPool(), BasicTheme.Resolve(styles, ColorDepth.Ansi16), GlyphSet.Unicode);
        var shell = _fleet.Shell!;
        shell.Draw(frame.Begin());
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
                shell.Draw(frame.Begin());
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
