using System.Diagnostics;

namespace CcConsole.Store.Tests;

/// <summary>A cache in a folder of its own, which is removed afterwards.</summary>
internal sealed class TemporaryCache : IDisposable
{
    private readonly List<CacheDatabase> _open = [];

    public string Root { get; } = Directory.CreateTempSubdirectory("cc-store-").FullName;

    public string FilePath => Path.Combine(Root, "state", "cache.db");

    public FixedTime Time { get; } = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

    public CacheDatabase Open()
    {
        CacheDatabase database = CacheDatabase.Open(FilePath, Time);
        _open.Add(database);
        return database;
    }

    public void CloseAll()
    {
        _open.ForEach(database => database.Dispose());
        _open.Clear();
    }

    public void Dispose()
    {
        CloseAll();
        Directory.Delete(Root, recursive: true);
    }

    /// <summary>Runs a program to its end; its standard output.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program}: {error}");
    }
}

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
