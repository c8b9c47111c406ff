namespace CcConsole.Core.Tests.Audit;

internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cc-audit-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
