using Xunit;

namespace CcConsole.Tests.Screens;

/// <summary>
/// Compares a screen with the one that is stored beside the tests. To store new ones, set CC_STORE_SCREENS to that folder, run, and
/// look at the difference.
/// </summary>
internal static class StoredScreen
{
    public static void Check(string name, string screen)
    {
        var actual = screen.TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("CC_STORE_SCREENS") is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(folder, $"{name}.txt"), actual);
        var file = Path.Combine(AppContext.BaseDirectory, "Screens", $"{name}.txt");
        var expected = File.Exists(file) ? File.ReadAllText(file) : "(not stored)\n";
        Assert.True(expected == actual, $"The screen {name} is not as stored. It is:\n{actual}\nStored:\n{expected}");
    }
}
