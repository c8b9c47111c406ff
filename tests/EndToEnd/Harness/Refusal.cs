using CcConsole.Tests.Shared;
using Xunit;

namespace EndToEnd.Harness;

/// <summary>How a refusal must look: the exit code, what happened to what, a next step, and nothing of the program's insides.</summary>
internal static class Refusal
{
    /// <param name="run">The run.</param>
    /// <param name="code">The exit code it must have.</param>
    /// <param name="parts">What the message must hold.</param>
    public static void Is(ProgramResult run, int code, params string[] parts)
    {
        Assert.True(run.Code == code, run.ToString());
        string words = run.Output + run.Error;
        foreach (string part in (string[])[.. parts, "next: "])
            Assert.True(words.Contains(part, StringComparison.Ordinal), $"\"{part}\" is missing:\n{run}");
        foreach (string inside in (string[])["   at ", "Exception", "Unhandled", "\u001b"])
            Assert.False(words.Contains(inside, StringComparison.Ordinal), $"\"{inside}\" is shown:\n{run}");
        // A verb that could not begin prints no data.
        if (code == 2) Assert.Equal("", run.Output);
    }
}
