using CcConsole.Store.Changes;
using Xunit;

namespace CcConsole.Store.Tests.Changes;

public sealed class ChangeLockTests : IDisposable
{
    private readonly TemporaryCache _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task Many_hold_it_and_it_is_free_when_the_last_has_let_go()
    {
        ChangeLock one = _cache.Open().ChangeLock, other = _cache.Open().ChangeLock;
        Assert.True(one.IsFree());
        IDisposable first = await one.HoldAsync(), second = await other.HoldAsync();
        Assert.False(one.IsFree());
        first.Dispose();
        Assert.False(one.IsFree());
        Assert.False(other.IsFree());
        second.Dispose();
        Assert.True(one.IsFree());
    }

    [Fact]
    public async Task Who_wants_it_while_somebody_asks_waits_for_that_moment()
    {
        ChangeLock held = _cache.Open().ChangeLock;
        (await held.HoldAsync()).Dispose();
        string file = Directory.GetFiles(Path.GetDirectoryName(_cache.FilePath)!, "*.changing").Single();
        Task<IDisposable> waiting;
        using (new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            waiting = held.HoldAsync();
            await Task.Delay(50);
            Assert.False(waiting.IsCompleted);
        }

        (await waiting).Dispose();
        Assert.True(held.IsFree());
    }
}
