using System.Text;
using System.Text.Json;
using CcConsole.Fleet.Hosts;
using CcConsole.Store;
using CcConsole.Store.Chains;
using CcConsole.Store.Reports;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Verbs;

/// <summary>The console's executable with folders of its own, and hosts on this machine that each have a home and a <c>crontab</c> of their own.</summary>
internal sealed class VerbHome : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cc-verbs-").FullName;

    public VerbHome Host(string name, string table, params string[] tags) => Host(name, table, host => host with { Tags = tags });

    public VerbHome Host(string name, string table, Func<HostEntry, HostEntry> change)
    {
        string bin = Directory.CreateDirectory(Path.Combine(_root, name, "bin")).FullName;
        string crontab = Path.Combine(bin, "crontab");
        File.WriteAllText(crontab, """
            #!/bin/sh
            t=$HOME/table
            case $1 in
            -l) if [ -e "$t" ]; then cat "$t"; else echo "no crontab for $(id -un)" >&2; exit 1; fi ;;
            -) if [ -e "$HOME/full" ]; then echo "crontab: write error: No space left on device" >&2; exit 1; fi
               cat >"$t.new" && mv "$t.new" "$t" ;;
            -V) echo " -n (dry run: checks the syntax, then bails out)" >&2; exit 1 ;;
            *) exit 1 ;;
            esac
            """.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(crontab, (UnixFileMode)0b111_101_101);
        File.WriteAllText(TablePath(name), table);
        new HostsFile(Path.Combine(_root, "config", "cc-console", "hosts.json")).Add(change(new HostEntry
        {
            Name = name,
            Destination = HostEntry.LocalDestination,
            Environment = new Dictionary<string, string> { ["HOME"] = Path.Combine(_root, name), ["PATH"] = $"{bin}:/usr/bin:/bin" },
        }));
        return this;
    }

    /// <summary>A folder of a host's, in its home.</summary>
    public string Folder(string host, string name) => Directory.CreateDirectory(Path.Combine(_root, host, name)).FullName;

    public string TablePath(string host) => Path.Combine(_root, host, "table");

    public string Table(string host) => File.ReadAllText(TablePath(host));

    /// <summary>Puts reports into the cache, as if they had been pulled.</summary>
    public VerbHome Reports(params StoredReport[] reports)
    {
        using CacheDatabase cache = CacheDatabase.Open(Path.Combine(_root, "state", "cc-console", "cache.db"), TimeProvider.System);
        cache.Reports.Add(reports);
        return this;
    }

    /// <summary>Puts entries of a host's chain into the cache, as if they had been pulled.</summary>
    public VerbHome Chain(string host, params string[] lines)
    {
        using CacheDatabase cache = CacheDatabase.Open(Path.Combine(_root, "state", "cc-console", "cache.db"), TimeProvider.System);
        List<ChainLine> added = [.. lines.Select((line, i) => new ChainLine(i, Encoding.UTF8.GetBytes(line)))];
        cache.Chains.Append(new ChainHead
        {
            Host = host,
            Chain = "9f2c",
            Seq = lines.Length - 1,
            Offset = added.Sum(line => line.Bytes.Length + 1),
            Hash = new string('a', 64),
            GenesisHash = new string('b', 64),
            PulledAt = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero),
            Verdict = "OK",
        }, added, null);
        return this;
    }

    /// <summary>Puts something into the cache.</summary>
    public VerbHome Cache(Action<CacheDatabase> put)
    {
        using CacheDatabase cache = CacheDatabase.Open(Path.Combine(State, "cache.db"), TimeProvider.System);
        put(cache);
        return this;
    }

    /// <summary>Where the cache lies.</summary>
    public string State => Path.Combine(_root, "state", "cc-console");

    /// <summary>Makes the host refuse every write.</summary>
    public void Fill(string host) => File.WriteAllText(Path.Combine(_root, host, "full"), "");

    /// <summary>Lets the host write again.</summary>
    public void Free(string host) => File.Delete(Path.Combine(_root, host, "full"));

    public Task<ProgramResult> RunAsync(params string[] arguments) => ProgramRun.RunAsync(
        Path.Combine(AppContext.BaseDirectory, "cc-console"), arguments,
        new Dictionary<string, string?> { ["HOME"] = _root, ["XDG_CONFIG_HOME"] = Path.Combine(_root, "config"), ["XDG_STATE_HOME"] = Path.Combine(_root, "state"), ["TZ"] = "UTC" });

    /// <summary>Runs a verb with <c>--json</c>, and reads its document.</summary>
    public async Task<(int Code, JsonElement Json)> JsonAsync(params string[] arguments)
    {
        ProgramResult result = await RunAsync([.. arguments, "--json"]);
        Assert.True(result.Output.Length > 0, result.ToString());
        return (result.Code, JsonDocument.Parse(result.Output).RootElement);
    }

    /// <summary>Runs a verb with <c>--json</c> whose results stream, and reads a document from each line.</summary>
    public async Task<(int Code, JsonElement[] Lines)> LinesAsync(params string[] arguments)
    {
        ProgramResult result = await RunAsync([.. arguments, "--json"]);
        Assert.True(result.Output.Length > 0, result.ToString());
        return (result.Code, [.. result.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)]);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
