namespace EndToEnd.Harness;

/// <summary>The published binaries: what is shown is shown on them, never on a build of the tests' own.</summary>
internal static class Published
{
    /// <summary>The folder of both executables: CC_DIST as tests/run.sh sets it, else dist/RID of this tree.</summary>
    public static string Folder { get; } = Find();

    public static string Console => Path.Combine(Folder, "cc-console");

    public static string Agent => Path.Combine(Folder, "cc-agent");

    /// <summary>The top folder of the tree.</summary>
    public static string Tree { get; } = FindTree();

    private static string Find()
    {
        string folder = Environment.GetEnvironmentVariable("CC_DIST") is { Length: > 0 } named
            ? named
            : Path.Combine(FindTree(), "dist", System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier);
        return File.Exists(Path.Combine(folder, "cc-console"))
            ? folder
            : throw new FileNotFoundException($"no published binary in {folder}: run ./publish.sh first");
    }

    private static string FindTree()
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "CcConsole.sln"))) return at;
        }
        throw new DirectoryNotFoundException("the tests do not run inside the tree");
    }
}
