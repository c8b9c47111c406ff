using System.Text;
using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Store.Chains;

namespace CcConsole.Screens;

/// <summary>What a host has in place of an entry of the copy: the first line in which the two differ, as it was kept with the conflict.</summary>
internal sealed class AuditCounterpart(ChainConflicts conflicts)
{
    private (long Conflict, string? Line) _read = (-1, null);

    /// <summary>The host's line; null where nothing contradicts the entry, or the host gave none in its place.</summary>
    /// <param name="seq">The entry.</param>
    /// <param name="conflict">What contradicts its copy.</param>
    public string? Of(long seq, ChainConflict? conflict)
    {
        if (conflict is not { Witness: null, IsOfEntries: true } || conflict.Seq != seq)
            return null;
        if (_read.Conflict != conflict.Id)
            _read = (conflict.Id, First(conflicts.Evidence(conflict.Id).Theirs.Span));
        return _read.Line;
    }

    /// <summary>The members in which two lines differ, as each spells them; none where either is no JSON object.</summary>
    public static IReadOnlyList<(string Name, string? Ours, string? Theirs)> Differences(string ours, string theirs) =>
        Members(ours) is not { } seen || Members(theirs) is not { } now ? []
            : [.. seen.Keys.Union(now.Keys).Select(name => (name, seen.GetValueOrDefault(name), now.GetValueOrDefault(name))).Where(member => member.Item2 != member.Item3)];

    private static string? First(ReadOnlySpan<byte> theirs)
    {
        var line = theirs[..Math.Min(theirs.Length, EntryLimits.MaxLineBytes)];
        var end = line.IndexOf((byte)'\n');
        return line.IsEmpty ? null : Encoding.UTF8.GetString(end < 0 ? line : line[..end]);
    }

    private static Dictionary<string, string>? Members(string line)
    {
        try
        {
            using var entry = JsonDocument.Parse(line);
            var members = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var member in entry.RootElement.EnumerateObject())
                members[member.Name] = member.Value.GetRawText();
            return members;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No object, or a name that has no text: the two lines are shown whole.
            return null;
        }
    }
}
