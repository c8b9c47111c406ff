namespace CcConsole.Core.Tests.Crontab;

/// <summary>The files of tests/vectors.</summary>
internal static class Vectors
{
    public static string Find(string vector)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Combine(folder, "tests", "vectors", vector) is var path && File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException(vector);
    }
}
