using CcConsole.Core;

namespace CcConsole.Composition;

/// <summary>The agent that travels inside the console; publish.sh puts it there.</summary>
internal static class EmbeddedAgent
{
    private const string Resource = "cc-agent";

    /// <summary>True in a published binary.</summary>
    public static bool IsPresent => typeof(EmbeddedAgent).Assembly.GetManifestResourceInfo(Resource) is not null;

    /// <summary>Writes the agent as an executable file, which must not exist.</summary>
    /// <exception cref="ProblemException">This build carries none.</exception>
    public static void WriteTo(string path)
    {
        using Stream source = typeof(EmbeddedAgent).Assembly.GetManifestResourceStream(Resource)
            ?? throw new ProblemException("This build of the console carries no agent", "run ./publish.sh, and use the binary that it makes");
        using var target = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute,
        });
        source.CopyTo(target);
    }
}
