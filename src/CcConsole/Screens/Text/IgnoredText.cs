namespace CcConsole.Screens;

/// <summary>Why the daemon passes over something, as a sentence: the linter's reasons may begin with <c>of</c>.</summary>
internal static class IgnoredText
{
    /// <summary><c>ignored because of its name: …</c>, <c>ignored: …</c>.</summary>
    public static string Of(string why) => why.StartsWith("of ", StringComparison.Ordinal) ? $"ignored because {why}" : $"ignored: {why}";
}
