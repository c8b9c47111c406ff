using CcAgent.Edits;
using CcAgent.Journal;
using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Audit;

namespace CcAgent.Watch;

/// <summary>
/// What a console's session makes of a table is recorded by the session. Until it is, it is owed: no change by others, and
/// recorded here when the session was killed before it did.
/// </summary>
internal sealed partial class TableChanges
{
    private readonly PendingEdits _edits;

    // By table: the edit that made it what was seen of it last.
    private readonly Dictionary<string, PendingEdit> _owed = new(StringComparer.Ordinal);

    /// <summary>Records the edits that killed sessions left; true while one goes on whose outcome has been seen already.</summary>
    internal bool Settle()
    {
        var goesOn = false;
        foreach (var begun in Begun())
        {
            var name = begun.Entry.Table!;
            if (begun.Entry.After != Seen(name)?.Sha256)
                continue;
            using var held = _edits.Take(name);
            if (held is null)
            {
                goesOn = true;
                continue;
            }

            // Only now is it known that its session is not about to do so.
            if (held.Pending is not { } edit || edit.Id != begun.Id)
                continue;
            // One that changed nothing is left to the next session.
            if (_edits.Recorded(edit) is null && edit.Entry.Before != edit.Entry.After)
            {
                var uid = edit.Uid;
                _note(AuditEvents.CrontabEdited, EntryMembers.Appended(edit.Settled(edit.Entry.After), uid, UserAccount.Of(uid).Name));
                _recorded[name] = edit.Entry.After;
            }

            _owed.Remove(name);
            held.Clear();
        }

        return goesOn;
    }

    // Whether what the table has become is what a session has made of it, or has put back.
    private bool IsOwed(string name, string? digest)
    {
        if (_owed.Remove(name, out var owed) && owed.Entry.Before == digest)
            return true;
        if (_recorded.TryGetValue(name, out var recorded) && recorded == digest)
            return false;
        if (Begun().FirstOrDefault(edit => edit.Entry.Table == name && edit.Entry.After == digest) is not { } edit || _edits.Recorded(edit) is not null)
            return false;
        NoteBetween(name, Known(name), edit.Entry.Before);
        _owed[name] = edit;
        return true;
    }

    private IReadOnlyList<PendingEdit> Begun()
    {
        try
        {
            return _edits.All();
        }
        catch (ProblemException e)
        {
            StandardStreams.Say($"edits by consoles cannot be told from those by others: {e.Message}", e.Hint);
            return [];
        }
    }
}
