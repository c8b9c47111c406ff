using System.Buffers;
using System.Text;
using CcConsole.Core.Audit;

namespace EndToEnd.Audit.Cases;

/// <summary>Chains of ordinary runs as lines, and what a forger does to them who can compute hashes.</summary>
internal static class CaseChain
{
    private const string PreviousStart = "\"prev_hash\": \"", HashStart = ", \"hash\": \"";

    /// <summary>So many entries, written by the code that the agent writes with.</summary>
    /// <param name="count">How many lines.</param>
    /// <param name="chain">The chain's id.</param>
    /// <param name="exitCode">What its runs ended with.</param>
    public static List<string> Write(int count, string chain = "9f2c0d", int exitCode = 0) => Append([], count, chain, exitCode);

    /// <summary>What an agent adds that goes on behind these lines.</summary>
    public static List<string> Append(IReadOnlyList<string> lines, int count, string chain = "9f2c0d", int exitCode = 0)
    {
        var output = new ArrayBufferWriter<byte>();
        var encoder = new EntryEncoder(chain, lines.Count, lines.Count == 0 ? default : Hash32.Parse(HashOf(lines[^1])));
        if (lines.Count == 0) encoder.AppendGenesis(output, "web-1", "b007", 1_795_190_200_000_000, 0);
        while (encoder.NextSeq < lines.Count + count)
        {
            encoder.Append(output, AuditEvents.JobFinished, 1_795_190_200_000_000 + encoder.NextSeq * 60_250_000L, encoder.NextSeq * 60_250_000L,
                new("job_id", $"job-{encoder.NextSeq % 7}"), new("exit_code", exitCode), new("command", "pg_dump app | gzip > \"/srv/b é.gz\""));
        }
        return [.. lines, .. Encoding.ASCII.GetString(output.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    public static string HashOf(string line) => line.Substring(line.LastIndexOf(HashStart, StringComparison.Ordinal) + HashStart.Length, Hash32.HexLength);

    /// <summary>What <c>--remembered</c> takes.</summary>
    public static string Head(IReadOnlyList<string> lines, int? count = null) => $"{count ?? lines.Count}:{HashOf(lines[(count ?? lines.Count) - 1])}";

    /// <summary>The lines with one of them changed.</summary>
    public static List<string> Change(IReadOnlyList<string> lines, int at, Func<string, string> change)
    {
        List<string> changed = [.. lines];
        changed[at] = change(changed[at]);
        return changed;
    }

    /// <summary>Hashes a line, and links and hashes all that follow it, as a forger does.</summary>
    public static List<string> Forge(IReadOnlyList<string> lines, int from)
    {
        List<string> forged = [.. lines];
        for (int i = from; i < forged.Count; i++)
        {
            string line = forged[i];
            if (i > from)
            {
                int previous = line.IndexOf(PreviousStart, StringComparison.Ordinal) + PreviousStart.Length;
                line = string.Concat(line.AsSpan(0, previous), HashOf(forged[i - 1]), line.AsSpan(previous + Hash32.HexLength));
            }
            forged[i] = Seal(line[..line.LastIndexOf(HashStart, StringComparison.Ordinal)] + "}");
        }
        return forged;
    }

    /// <summary>An object without its hash, with it.</summary>
    public static string Seal(string body) => $"{body[..^1]}{HashStart}{Sha256.Hash(Encoding.Latin1.GetBytes(body))}\"}}";

    /// <summary>A chain of one line that holds a member, hashed over its text as it stands.</summary>
    public static string One(string member) => Seal($$"""{{{member}}, "prev_hash": "{{new string('0', 64)}}"}""");
}
