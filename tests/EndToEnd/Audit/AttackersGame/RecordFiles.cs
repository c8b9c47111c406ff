using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EndToEnd.Audit.AttackersGame;

/// <summary>A record's files, by their published form.</summary>
internal static class RecordFiles
{
    /// <summary>The entries, over all segments, and what lies there beside them.</summary>
    public static List<string> Read(string record) =>
        [.. Segments(record).SelectMany(file => File.ReadAllText(file).Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>The entries of a record whose agent runs: of a last line that is being written nothing.</summary>
    public static List<string> ReadRunning(string record) =>
        [.. Segments(record).Select(File.ReadAllText).SelectMany(text => text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    public static string[] Segments(string record) =>
        Directory.Exists(Path.Combine(record, "audit")) ? [.. Directory.GetFiles(Path.Combine(record, "audit"), "*.jsonl").Order(StringComparer.Ordinal)] : [];

    /// <summary>
    /// How many entries the agent gives away: as many as its head file says are whole and on disk. What lies behind that is not told to anyone
    /// before the daemon has looked at it. Without the file, all.
    /// </summary>
    public static int Given(string record)
    {
        string head = Path.Combine(record, "audit-state/head");
        if (!File.Exists(head))
            return int.MaxValue;
        string[] places = File.ReadAllText(head).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return places.Select(place => place.Split(' ')).Where(place => place.Length > 3 && place[0] == "cc-agent-head")
            .Select(place => int.Parse(place[3], CultureInfo.InvariantCulture) + 1).DefaultIfEmpty(int.MaxValue).Max();
    }

    /// <summary>Makes the head file speak of the last entry, as the daemon writes it.</summary>
    public static void WriteHead(string record, List<string> lines)
    {
        var last = new FileInfo(Segments(record)[^1]);
        string text = string.Create(CultureInfo.InvariantCulture,
            $"cc-agent-head 1 {LineText.Text(lines[0], "chain")} {lines.Count - 1} {LineText.Stored(lines[^1])} {First(last.Name)} {last.Length} {lines.Count(line => LineText.IsEvent(line, "job.finished"))}");
        string place = $"{text} {Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))}".PadRight(511) + "\n";
        File.WriteAllText(Path.Combine(record, "audit-state/head"), place + place);
    }

    /// <summary>Writes entries into segments that begin where they began, or into one.</summary>
    public static void Write(string record, List<string> lines, bool merge)
    {
        string[] files = Segments(record);
        UnixFileMode mode = File.GetUnixFileMode(files[0]);
        int[] firsts = merge ? [0] : [.. files.Select(file => First(Path.GetFileName(file))).Where(first => first < lines.Count)];
        foreach (string file in files)
            File.Delete(file);
        for (int i = 0; i < firsts.Length; i++)
        {
            string file = Path.Combine(record, "audit", firsts[i].ToString("D20", CultureInfo.InvariantCulture) + ".jsonl");
            int end = i + 1 < firsts.Length ? firsts[i + 1] : lines.Count;
            File.WriteAllText(file, string.Concat(lines[firsts[i]..end].Select(line => line + "\n")));
            File.SetUnixFileMode(file, mode);
        }
    }

    private static int First(string name) => int.Parse(name.Split('.')[0], CultureInfo.InvariantCulture);
}
