using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CcConsole.Core.Audit.Checkpoints;

namespace EndToEnd.Audit.AttackersGame;

/// <summary>
/// What someone does who may write every file and read every key that is there at T: root, or the user of an agent of one's own. Everything is
/// chosen when it is dealt, so that a seed gives the same game.
/// </summary>
/// <param name="host">The host whose record it is.</param>
/// <param name="attacker">Who.</param>
/// <param name="random">Where the choices come from.</param>
internal sealed class FileAttacks(PreparedHost host, Attacker attacker, Random random)
{
    private Ground Ground => attacker == Attacker.Root ? Ground.System : Ground.Own;

    private int Count => host.Lines.Count;

    /// <summary>What both do.</summary>
    public Func<Manipulation>[] Deck() =>
    [
        () => Edit("edit"), () => Edit("re-hash"), () => Edit("re-sign"), () => Delete(rehash: false), () => Delete(rehash: true), Truncate, () => Reorder(rehash: false),
        () => Reorder(rehash: true), Regenerate, () => Restore(host.BeforePull, "the record from before the pull"), () => Restore(host.AfterPull, "the record from after the pull"), RestoreState, Clock,
        Segment, Forge, ForgedAnnouncement,
    ];

    /// <summary>What root does beside it.</summary>
    /// <param name="other">Another host.</param>
    /// <param name="ahead">Whether clocks can be set ahead for a process here.</param>
    public Func<Manipulation>[] DeckOfRoot(PreparedHost other, bool ahead) =>
    [
        .. Deck(),
        () => Script("replace", "the chain of another host, with its keys", $"rm -rf audit audit-state && cp -a {other.AtT}/audit {other.AtT}/audit-state .") with { RunsOn = random.Next(2) == 0 },
        () => Script("swap of keys", "the key of another host", $"cp -a {other.AtT}/audit-state/key audit-state/key") with { RunsOn = true },
        () => ahead ? Script("clock", "the monotonic clock is set", "true") with { RunsOn = true, Ahead = true } : Clock(),
        Nothing,
    ];

    private Manipulation Edit(string kind)
    {
        int at = Any();
        string what = kind switch { "edit" => "", "re-hash" => ", hashed to the end", _ => ", hashed to the end, the checkpoints after it signed with the present key" };
        return Lines(kind, $"entry #{at} changed{what}", (lines, record) =>
        {
            lines[at] = LineText.With(lines[at], "timestamp", "1700000000.5");
            if (kind != "edit")
                LineText.Rehash(lines, at);
            if (kind == "re-sign")
                SignAgain(lines, at, record);
        });
    }

    private Manipulation Delete(bool rehash)
    {
        int many = random.Next(1, 4), at = Math.Min(Any(), Count - many);
        return Lines(rehash ? "delete and re-hash" : "delete", $"{many} entries from #{at}", (lines, _) =>
        {
            lines.RemoveRange(at, many);
            if (rehash)
                LineText.Rehash(lines, at);
        });
    }

    private Manipulation Truncate()
    {
        int keep = random.Next(1, Count);
        return Lines("truncate", $"to {keep} entries", (lines, _) => lines.RemoveRange(keep, lines.Count - keep)) with { RunsOn = random.Next(3) == 0 };
    }

    private Manipulation Reorder(bool rehash)
    {
        int at = random.Next(1, Count - 1);
        return Lines(rehash ? "reorder and re-hash" : "reorder", $"#{at} and #{at + 1}", (lines, _) =>
        {
            (lines[at], lines[at + 1]) = (lines[at + 1], lines[at]);
            if (rehash)
                LineText.Rehash(lines, at);
        });
    }

    private Manipulation Regenerate() => Script("replace", "the record is removed, and another chain begun", "rm -rf audit audit-state") with { RunsOn = true };

    private Manipulation Restore(string from, string what) =>
        Script("restore", what + ", keys and all", $"rm -rf audit audit-state && cp -a {from}/audit {from}/audit-state .") with { RunsOn = random.Next(2) == 0 };

    private Manipulation RestoreState() =>
        Script("restore of state", "keys, head and tree from after the pull beside the log of T", $"rm -rf audit-state && cp -a {host.AfterPull}/audit-state .") with { RunsOn = random.Next(2) == 0 };

    private Manipulation Segment() => random.Next(4) switch
    {
        0 => Script("segment", "the middle one is removed", "set -- audit/*.jsonl; rm $2"),
        1 => Script("segment", "the last one is removed", "rm $(ls audit/*.jsonl | tail -n 1)"),
        2 => Script("segment", "two change their names", "set -- audit/*.jsonl; mv $1 x && mv $2 $1 && mv x $2"),
        _ => Script("segment", "the first one is copied behind the last", $"set -- audit/*.jsonl; cp $1 audit/{Count:D20}.jsonl"),
    };

    private Manipulation Clock()
    {
        int hours = random.Next(2) == 0 ? -3 : 5;
        bool past = random.Next(2) == 0, monotonic = random.Next(2) == 0;
        int at = past ? Any() : Count;
        return Lines("clock", $"{(past ? $"#{at} is moved" : "an entry is added that is moved")} by {hours} h of the {(monotonic ? "monotonic" : "wall")} clock and hashed to the end", (lines, _) =>
        {
            if (!past)
                lines.Add(lines.Last(line => LineText.IsEvent(line, "job.finished")));
            lines[at] = monotonic
                ? LineText.With(lines[at], "mono_us", Math.Max(0, LineText.Mono(lines[at]) + hours * 3_600_000_000L).ToString(CultureInfo.InvariantCulture))
                : LineText.With(lines[at], "timestamp", Seconds(LineText.Wall(lines[at]) + hours * 3600));
            LineText.Rehash(lines, at);
        });
    }

    // What no one can find: the attacker writes on as the agent would, and signs it with the key that is there.
    private Manipulation Forge()
    {
        int many = random.Next(1, 12);
        bool starved = random.Next(3) == 0;
        bool sign = !starved && random.Next(2) == 0;
        return Lines(starved ? "starve" : "forge", $"{many} entries added{(starved ? " over 20 minutes without a signature" : sign ? " and signed with the present key" : "")}", (lines, record) =>
        {
            string model = lines.Last(line => LineText.IsEvent(line, "job.finished"));
            long micros = LineText.Mono(lines[^1]);
            double time = LineText.Wall(lines[^1]);
            for (int i = 1; i <= many; i++)
            {
                double later = (starved ? 1200.0 : 1.0) * i / many;
                string line = LineText.With(model, "mono_us", (micros + (long)(later * 1_000_000)).ToString(CultureInfo.InvariantCulture));
                lines.Add(LineText.With(line, "timestamp", Seconds(time + later)));
            }
            LineText.Rehash(lines, Count);
            if (sign)
                Sign(lines, record);
        });
    }

    private Manipulation ForgedAnnouncement()
    {
        int at = random.Next(host.Pulled, Count);
        return Lines("forged announcement", $"a key of the attacker's own is announced at #{at}, what follows is signed with it", (lines, record) =>
        {
            lines.RemoveRange(at, lines.Count - at);
            using SigningKey own = SigningKey.Create(Origin(lines));
            lines.Add(LineText.With(Example("audit.key_next"), "vkey", LineText.Json(own.Verifier.Text)));
            LineText.Rehash(lines, at);
            Checkpoint(lines, own);
        });
    }

    private Manipulation Nothing() => random.Next(4) switch
    {
        0 => Script("nothing", "the files are written anew with the same bytes", "for f in audit/*.jsonl; do cp -p $f copy && rm $f && mv copy $f; done"),
        1 => Script("nothing", "the files' times are changed", "find audit audit-state -exec touch -d '2 hours ago' {} +"),
        2 => Script("nothing", "the record is moved away and back", "cp -a audit audit.copy && rm -rf audit && mv audit.copy audit") with { RunsOn = true },
        _ => Script("nothing", "the agent is started and stopped", "true") with { RunsOn = true },
    };

    private Manipulation Script(string kind, string what, string script) => new(attacker, Ground, kind, what) { Script = script };

    // The head file is left as it is, taken away, or made to fit; the segments are kept, or become one.
    private Manipulation Lines(string kind, string what, Action<List<string>, string> change)
    {
        int head = random.Next(3);
        bool merge = random.Next(4) == 0;
        return new(attacker, Ground, kind, what + (merge ? "; in one segment" : "") + (head == 0 ? "" : head == 1 ? "; no head file" : "; a head file that fits"))
        {
            Do = record =>
            {
                List<string> lines = RecordFiles.Read(record);
                change(lines, record);
                RecordFiles.Write(record, lines, merge);
                if (head == 1)
                    File.Delete(Path.Combine(record, "audit-state/head"));
                else if (head == 2)
                    RecordFiles.WriteHead(record, lines);
            },
        };
    }

    private int Any() => random.Next(3) == 0 ? random.Next(host.Pulled, Count) : random.Next(1, Count);

    private string Example(string name) => host.Lines.First(line => LineText.IsEvent(line, name));

    private static string Origin(List<string> lines) => $"cc-agent/{LineText.Text(lines[0], "chain")}";

    private static string Seconds(double seconds) => seconds.ToString("0.0#####", CultureInfo.InvariantCulture);

    // The power may have gone between the overwriting of the last key and the renaming of the next.
    private static SigningKey Key(string record, List<string> lines)
    {
        string state = Path.Combine(record, "audit-state"), next = Path.Combine(state, "key.next");
        byte[] key = File.ReadAllBytes(Path.Combine(state, "key"));
        return SigningKey.Import(Origin(lines), key.All(b => b == 0) ? File.ReadAllBytes(next) : key);
    }

    private static void SignAgain(List<string> lines, int from, string record)
    {
        using SigningKey key = Key(record, lines);
        List<byte[]> leaves = [];
        for (int i = 0; i < lines.Count; i++)
        {
            if (i > from && LineText.IsEvent(lines[i], "audit.checkpoint"))
            {
                lines[i] = LineText.With(lines[i], "note", LineText.Json(Note(key, leaves)));
                LineText.Rehash(lines, i);
            }
            leaves.Add(Leaf(lines[i]));
        }
    }

    private void Sign(List<string> lines, string record)
    {
        using SigningKey key = Key(record, lines);
        using SigningKey next = SigningKey.Create(Origin(lines));
        lines.Add(Now(LineText.With(Example("audit.key_next"), "vkey", LineText.Json(next.Verifier.Text)), lines[^1]));
        LineText.Rehash(lines, lines.Count - 1);
        Checkpoint(lines, key);
    }

    private void Checkpoint(List<string> lines, SigningKey key)
    {
        lines.Add(Now(LineText.With(Example("audit.checkpoint"), "note", LineText.Json(Note(key, [.. lines.Select(Leaf)]))), lines[^1]));
        LineText.Rehash(lines, lines.Count - 1);
    }

    private static string Now(string line, string last) =>
        LineText.With(LineText.With(line, "mono_us", LineText.Text(last, "mono_us")!), "timestamp", LineText.Text(last, "timestamp")!);

    private static string Note(SigningKey key, List<byte[]> leaves) =>
        key.Sign($"{key.Verifier.Name}\n{leaves.Count}\n{Convert.ToBase64String(ThreatModel.Root(leaves, 0, leaves.Count))}\n").Format();

    private static byte[] Leaf(string line) => SHA256.HashData([0, .. Encoding.UTF8.GetBytes(line)]);
}
