using CcAgent.Edits;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Serve;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;

namespace CcAgent.Watch;

/// <summary>Writes an entry; it is durable on return.</summary>
internal delegate void EntryNote(string eventName, IReadOnlyList<AuditMember> members);

/// <summary>
/// Finds what others changed: compares each table with what was seen of it last, and records `crontab.changed` unless the
/// chain says already how it became as it is. The entry is written first and the table kept then, so that a crash between
/// the two loses nothing; the next start reads in the chain that the entry is there.
/// </summary>
internal sealed partial class TableChanges
{
    // Characters of a diff in an entry: the same as for an edit by a console.
    private const int LongestDiff = 8 * 1024;

    private readonly KeptTables _kept;
    private readonly EntryNote _note;
    private readonly Dictionary<string, KeptTable> _seen;

    // What the chain says of a table beyond what is kept of it: the digest after the last entry; null when it was removed.
    private readonly Dictionary<string, string?> _recorded;

    /// <param name="kept">The tables as they were last seen.</param>
    /// <param name="recorded">The digests that the chain has since given to tables.</param>
    /// <param name="first">Whether no table has been looked at before: then all are taken as they are.</param>
    /// <param name="edits">The edits by consoles that are not recorded yet.</param>
    /// <param name="note">Writes an entry.</param>
    internal TableChanges(KeptTables kept, IReadOnlyDictionary<string, string?> recorded, bool first, PendingEdits edits, EntryNote note)
    {
        (_kept, IsBaseline, _edits, _note) = (kept, first, edits, note);
        _recorded = new(recorded, StringComparer.Ordinal);
        _seen = kept.Read().ToDictionary(static table => table.Name, StringComparer.Ordinal);
        foreach (var edit in Begun())
        {
            if (edit.Entry.After == Seen(edit.Entry.Table!)?.Sha256)
                _owed[edit.Entry.Table!] = edit;
        }
    }

    /// <summary>Whether a table of which nothing is known is taken as it is, and not as one that somebody has made.</summary>
    internal bool IsBaseline { get; set; }

    /// <summary>The names of the tables that were there when they were last looked at.</summary>
    internal IReadOnlyCollection<string> Names => _seen.Keys;

    /// <summary>A table as it was last seen; null when there was none.</summary>
    internal KeptTable? Seen(string name) => _seen.GetValueOrDefault(name);

    /// <summary>Takes a table as it is now; true when it is another than it was.</summary>
    /// <param name="name">How entries call it.</param>
    /// <param name="now">What is in it.</param>
    /// <param name="away">Whether the daemon was not there when it was changed.</param>
    internal bool Found(string name, FoundTable now, bool away)
    {
        var digest = now.Digest.ToString();
        var before = _seen.GetValueOrDefault(name);
        if (before?.Sha256 == digest)
        {
            _recorded.Remove(name);
            return false;
        }

        if (!IsOwed(name, digest) && (!IsBaseline || before is not null))
            Record(name, before, digest, now, away);
        var table = new KeptTable(name, digest, now.Size, UnixMicros.Of(now.Changed));
        _kept.Write(table, now.Bytes);
        _seen[name] = table;
        _recorded.Remove(name);
        return true;
    }

    /// <summary>A table is there no more; true when it was.</summary>
    /// <param name="name">How entries called it.</param>
    /// <param name="away">Whether the daemon was not there when it went.</param>
    internal bool Gone(string name, bool away)
    {
        if (!_seen.TryGetValue(name, out var before))
            return false;
        if (!IsOwed(name, null))
            Record(name, before, null, null, away);
        _kept.Remove(name);
        _seen.Remove(name);
        _recorded.Remove(name);
        return true;
    }

    /// <summary>Hears of an edit that the chain records: what it made of a table is nobody else's change, what was before it may be.</summary>
    internal void Edited(AuditAppendParams edit)
    {
        if (edit.Event != AuditEvents.CrontabEdited || edit.Table is not { } name)
            return;
        if (_owed.GetValueOrDefault(name)?.Id == edit.Edit && _owed.Remove(name))
        {
            _recorded[name] = edit.After?.ToLowerInvariant();
            return;
        }

        var known = Known(name);
        var before = edit.Before?.ToLowerInvariant();
        // Settled after it was seen, and reported, that others had changed the table since.
        if (edit.Settled is not null && known == edit.After)
            return;
        // Between two looks someone else changed it too: what it held is not known, but that it did, and which bytes, is.
        NoteBetween(name, known, before);
        _recorded[name] = edit.After?.ToLowerInvariant();
    }

    private string? Known(string name) => _recorded.TryGetValue(name, out var recorded) ? recorded : _seen.GetValueOrDefault(name)?.Sha256;

    // Between two looks someone else changed it too: what it held is not known, but that it did, and which bytes, is.
    private void NoteBetween(string name, string? known, string? before)
    {
        if (known == before || (known is null && IsBaseline))
            return;
        _note(AuditEvents.CrontabChanged, [new("table", Cut(name)), new("sha256_before", known), new("sha256_after", before is null ? null : Cut(before)),
            new("note", "found by the edit that came after it")]);
    }

    private void Record(string name, KeptTable? before, string? digest, FoundTable? now, bool away)
    {
        var known = before?.Sha256;
        var isKnown = _recorded.TryGetValue(name, out var recorded);
        if (isKnown && recorded == digest)
            return;
        List<AuditMember> members =
        [
            new("table", Cut(name)),
            new("sha256_before", isKnown ? recorded : known),
            new("sha256_after", digest),
        ];
        if (now is not null)
        {
            members.Add(new("bytes", now.Size));
            members.Add(new("changed_at", now.Changed.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)));
            if (now.Owner is { } owner)
            {
                members.Add(new("owner_uid", owner));
                members.Add(new("owner", Cut(UserAccount.Of(owner).Name)));
            }
        }

        if (away)
            members.Add(new("while_away", true));
        // After an edit that was not looked at, what is kept is not what was there before this change.
        if (!isKnown || recorded == known)
            Diff(members, name, before, now);
        _note(AuditEvents.CrontabChanged, members);
    }

    private void Diff(List<AuditMember> members, string name, KeptTable? before, FoundTable? now)
    {
        var old = before is null ? [] : _kept.Bytes(name);
        if (old is null || (now is not null && now.Size != now.Bytes.Length))
            return;
        var bytes = now?.Bytes ?? [];
        if (old.AsSpan().Contains((byte)0) || bytes.AsSpan().Contains((byte)0))
            return;
        members.Add(new("diff", EntryMembers.Cut(UnifiedDiff.Between(old, bytes), LongestDiff)));
    }

    private static string Cut(string text) => EntryMembers.Cut(text, 256);
}
