using System.Diagnostics;
using System.Security.Cryptography;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Audit.Evidence;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Tests.Audit.Evidence;

/// <summary>
/// Evidence that is exported from the copies of a fleet of its own. It is judged by the script in it, run by Python, and by openssl: nothing
/// of ours checks it here.
/// </summary>
internal sealed class ExportedEvidence : IAsyncDisposable
{
    /// <summary>The interpreter itself: what PATH names may be a slow script that needs PATH.</summary>
    private static readonly string Python = Run("python3", null, "-c", "import sys; print(sys.executable)").Said.Trim();

    private readonly TestFleet _fleet = new();
    private readonly FleetControl _control;
    private FleetOptions? _options;

    public ExportedEvidence() => _control = _fleet.Open(change: options => _options = options);

    public CacheDatabase Cache => _control.Cache;

    public AuditOperations Audit => _control.Audit;

    public FleetOptions Options => _options!;

    /// <summary>The folder that it is written to.</summary>
    public string Root => _fleet.Root;

    public string At(string name) => Path.Combine(Root, name);

    public EvidenceResult Export(AuditQuery? query = null, string name = "evidence", bool everyStep = false) =>
        Audit.Evidence.Write(new EvidenceRequest("web01", query ?? new AuditQuery(), everyStep), At(name));

    /// <summary>What the script in it says, and its exit code.</summary>
    /// <param name="name">Of the folder.</param>
    /// <param name="path">Where it finds programs; null for where we do.</param>
    public (int Code, string Said) Verify(string name = "evidence", string? path = null) => Run(Python, path, Path.Combine(At(name), "verify.py"));

    /// <summary>Alters a file as someone does who also writes a new MANIFEST.</summary>
    public void Forge(string name, Action<byte[]> alter)
    {
        string file = Path.Combine(At("evidence"), name);
        byte[] bytes = File.ReadAllBytes(file);
        alter(bytes);
        File.WriteAllBytes(file, bytes);
        Remake();
    }

    /// <summary>Writes a new MANIFEST, over the files as they are now.</summary>
    public void Remake()
    {
        string folder = At("evidence"), manifest = Path.Combine(folder, "MANIFEST");
        File.Delete(manifest);
        File.WriteAllText(manifest, string.Concat(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}  {Path.GetRelativePath(folder, path)}\n")));
    }

    public static (int Code, string Said) Run(string program, string? path, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (path is not null)
        {
            start.Environment["PATH"] = path;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, said);
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();
}
