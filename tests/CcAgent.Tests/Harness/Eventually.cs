using Xunit;

namespace CcAgent.Tests.Harness;

/// <summary>Waits for what another process brings about, for a bounded time.</summary>
internal static class Eventually
{
    internal static async Task TrueAsync(Func<Task<bool>> condition, string what, int seconds = 60)
    {
        for (var i = 0; i < seconds * 20; i++)
        {
            if (await condition())
                return;
            await Task.Delay(50);
        }

        Assert.Fail("did not come about: " + what);
    }

    internal static Task TrueAsync(Func<bool> condition, string what, int seconds = 60) => TrueAsync(() => Task.FromResult(condition()), what, seconds);
}
