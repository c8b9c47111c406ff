using System.Security.Cryptography;
using System.Text;
using CcConsole.Store.Chains;
using CcConsole.Store.Changes;
using CcConsole.Store.Reports;

namespace CcConsole.Store.Tests;

internal static class Sample
{
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    public static StoredReport Report(string host, long seq, string job = "backup", int exit = 0) => new()
    {
        Host = host,
        Seq = seq,
        JobId = job,
        StartedAt = Start.AddMinutes(seq),
        Duration = TimeSpan.FromMilliseconds(100 + seq),
        ExitCode = exit,
        Json = Encoding.UTF8.GetBytes($$"""{"jobId":"{{job}}","n":{{seq}},"odd":"\u001b "}"""),
    };

    public static List<ChainLine> Lines(long first, int count, string mark = "x") =>
        [.. Enumerable.Range(0, count).Select(i => new ChainLine(first + i, Encoding.UTF8.GetBytes($"{{\"seq\": {first + i}, \"{mark}\": \"{new string('y', i % 50)}\"}}")))];

    public static ChainHead Head(string host, IEnumerable<ChainLine> added, ChainHead? previous = null, string chain = "9f2c")
    {
        List<ChainLine> lines = [.. added];
        string hash = lines.Count == 0 ? previous!.Hash : Convert.ToHexStringLower(SHA256.HashData(lines[^1].Bytes.Span));
        return new ChainHead
        {
            Host = host,
            Chain = chain,
            Seq = lines.Count == 0 ? previous!.Seq : lines[^1].Seq,
            Offset = (previous?.Offset ?? 0) + lines.Sum(line => line.Bytes.Length + 1),
            Hash = hash,
            GenesisHash = previous?.GenesisHash ?? Convert.ToHexStringLower(SHA256.HashData(lines[0].Bytes.Span)),
            HostKey = "SHA256:abc",
            PulledAt = Start,
            Verdict = "OK",
        };
    }

    public static ChangeRecord Change(string host, string before, string after, long? undoes = null) => new()
    {
        Host = host,
        Table = "alice",
        Before = Encoding.UTF8.GetBytes(before),
        After = Encoding.UTF8.GetBytes(after),
        Description = "add job backup",
        Actor = "alice@laptop",
        BegunAt = Start,
        Undoes = undoes,
    };
}
