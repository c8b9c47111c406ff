using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EndToEnd.Audit.AttackersGame;

/// <summary>
/// What must be found, and what cannot be: written from the table of who is kept out of what, and from the public formats (RFC 6962, C2SP
/// signed notes), with nothing of the product's own code.
/// </summary>
internal sealed class ThreatModel(IReadOnlyList<string> original, int pulled)
{
    private const long CheckpointLimitMicros = 15L * 60 * 1_000_000;
    private const int CheckpointLimitEntries = 1_200, ClockLimitSeconds = 61;

    /// <summary>Looks at a chain by itself: at each entry, each link and each signature, up to the first that does not hold.</summary>
    public static Examination Examine(IReadOnlyList<string> lines)
    {
        string before = LineText.NoHash;
        List<byte[]> leaves = [];
        string? inForce = null, announced = null, boot = null;
        long signedAt = 0, signedMicros = 0;
        double? apart = null;
        int lastSigned = -1;
        bool overdue = false, clock = false;
        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines[i];
            if (LineText.Stored(line) is not { } hash || LineText.Computed(line) != hash)
                return Bad(i, "is not what its hash was made of");
            if (LineText.Text(line, "prev_hash") != before)
                return Bad(i, "does not follow the entry before it");
            if (LineText.Text(line, "seq") != i.ToString(CultureInfo.InvariantCulture))
                return Bad(i, "has another number");
            before = hash;
            long micros = LineText.Mono(line);
            string name = LineText.Text(line, "event")!;
            switch (name)
            {
                case "audit.genesis":
                    (inForce, signedMicros) = (LineText.Text(line, "vkey"), micros);
                    break;
                case "audit.key_next":
                    announced = LineText.Text(line, "vkey");
                    break;
                case "agent.started":
                    signedMicros = micros;
                    (apart, boot) = (boot == LineText.Text(line, "boot_id") ? apart : null, LineText.Text(line, "boot_id"));
                    break;
                case "audit.checkpoint":
                    if (Unsigned(LineText.Text(line, "note"), i, leaves, inForce, LineText.Text(lines[0], "chain")!) is { } why)
                        return Bad(i, why);
                    if (announced is null)
                        return Bad(i, "signs though no key was announced to follow");
                    (inForce, announced, signedAt, signedMicros, lastSigned) = (announced, null, i, micros, i);
                    break;
            }

            overdue |= inForce is not null && (i - signedAt > CheckpointLimitEntries || micros - signedMicros > CheckpointLimitMicros);
            // Of runs alone: what an agent writes before it says that it has started can be of another boot.
            if (boot is not null && name.StartsWith("job.", StringComparison.Ordinal))
            {
                double now = LineText.Wall(line) - micros / 1e6;
                clock |= apart is { } then && Math.Abs(now - then) > ClockLimitSeconds;
                apart ??= now;
            }
            leaves.Add(SHA256.HashData([0, .. Encoding.UTF8.GetBytes(line)]));
        }

        return new(lines.Count, null, lastSigned, overdue, clock);

        Examination Bad(int at, string why) => new(at, $"#{at} {why}", lastSigned, overdue, clock);
    }

    /// <summary>What a console that has pulled the first entries must find in the chain as it is now; null for what no one can find.</summary>
    public string? MustBeFound(IReadOnlyList<string> now)
    {
        for (int i = 0; i < pulled; i++)
        {
            if (i >= now.Count)
                return $"#{i} was pulled and is gone";
            if (now[i] != original[i])
                return $"#{i} was pulled and is another one now";
        }

        Examination examined = Examine(now);
        return examined.Wrong ?? (examined.Overdue ? "no checkpoint for too long" : null);
    }

    /// <summary>The same of a pull that asks only for what is new.</summary>
    public bool MustBeFoundByShortPull(IReadOnlyList<string> now) =>
        now.Count < pulled || now[pulled - 1] != original[pulled - 1] || (now.Take(pulled).SequenceEqual(original.Take(pulled)) && Examine(now) is { } examined && (examined.Wrong is not null || examined.Overdue));

    /// <summary>The first entry that is another than at T, or not there any more; all that came since are others too.</summary>
    public int FirstChanged(IReadOnlyList<string> now) => Enumerable.Range(0, now.Count).FirstOrDefault(i => i >= original.Count || now[i] != original[i], now.Count);

    /// <summary>Whether an entry is as it was at T.</summary>
    public bool Holds(int at, string line) => at < original.Count && original[at] == line;

    /// <summary>How many entries the console had before.</summary>
    public int Pulled => pulled;

    /// <summary>Whether not one entry was changed or taken away; more may have come, as an agent that runs on writes it.</summary>
    public bool IsUntouched(IReadOnlyList<string> now) => now.Count >= original.Count && original.SequenceEqual(now.Take(original.Count));

    private static string? Unsigned(string? note, int at, List<byte[]> leaves, string? vkey, string chain)
    {
        string[]? parts = note?.Split("\n\n");
        if (parts is not [var body, var signature] || vkey is null)
            return "it is no signed note, or nothing is known that could sign it";
        string text = body + "\n";
        string[] fields = body.Split('\n'), key = vkey.Split('+', 3), words = signature.TrimEnd('\n').Split(' ');
        byte[] signed = Convert.FromBase64String(words[2]), bytes = Convert.FromBase64String(key[2]);
        using ECDsa verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(bytes.AsSpan(1), out _);
        if (fields[0] != $"cc-agent/{chain}" || key[0] != fields[0] || Convert.ToHexStringLower(signed.AsSpan(0, 4)) != key[1]
            || !verifier.VerifyData(Encoding.UTF8.GetBytes(text), signed.AsSpan(4), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
        {
            return "it is not signed by the key in force";
        }

        return fields[1] == at.ToString(CultureInfo.InvariantCulture) && fields[2] == Convert.ToBase64String(Root(leaves, 0, leaves.Count)) ? null : "it signs other entries";
    }

    /// <summary>RFC 6962, 2.1.</summary>
    public static byte[] Root(List<byte[]> leaves, int from, int count)
    {
        if (count == 0)
            return SHA256.HashData([]);
        if (count == 1)
            return leaves[from];
        int half = 1;
        while (half * 2 < count)
            half *= 2;
        return SHA256.HashData([1, .. Root(leaves, from, half), .. Root(leaves, from + half, count - half)]);
    }
}

/// <summary>What a look at a chain by itself gives.</summary>
/// <param name="Whole">How many entries hold, from the first on.</param>
/// <param name="Wrong">What is wrong with the one after them; null when nothing is.</param>
/// <param name="LastSigned">The last checkpoint of those; -1 for none.</param>
/// <param name="Overdue">Whether a checkpoint is missing where one was due.</param>
/// <param name="Clock">Whether the two clocks part.</param>
internal sealed record Examination(int Whole, string? Wrong, int LastSigned, bool Overdue, bool Clock);
