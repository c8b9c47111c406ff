using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;

namespace CcAgent.Journal;

/// <summary>
/// Signs the chain: knows when a checkpoint is due, and adds it to the entries that are to be written, behind the announcement of the
/// key that signs the next one. Where that cannot be done it adds why, once. It writes nothing itself.
/// </summary>
internal sealed class ChainSigner : IDisposable
{
    private const string Lost = "; without its file nothing more of this chain is ever signed: stop the agent, move audit and audit-state away as evidence, and start it, so that it begins a new log";

    private readonly PendingEntries _pending;
    private readonly TimeProvider _time;
    private readonly AlarmFile _alarms;
    private readonly Ratchet _ratchet;

    // Entries are missing from the log: which key is in force is not for it to say.
    private readonly bool _broken;

    // The tree that a checkpoint in the batch signs.
    private CompactRange? _signed;

    // What is to be under a checkpoint without delay is in the chain.
    private bool _urgent;
    private string? _noted;

    /// <param name="places">Where keys and alarms lie.</param>
    /// <param name="settings">How often a checkpoint is signed.</param>
    /// <param name="pending">Takes the entries, and says what the chain says of its signatures.</param>
    /// <param name="time">The clock.</param>
    /// <param name="broken">Whether entries are missing from the log.</param>
    internal ChainSigner(AgentPlaces places, AuditSettings settings, PendingEntries pending, TimeProvider time, bool broken)
    {
        (_pending, _time, _alarms, _broken) = (pending, time, new AlarmFile(places.AuditState), broken);
        var age = TimeSpan.FromMicroseconds(Chain.SignedMicros > 0 ? NowMicros - Chain.SignedMicros : 0);
        _ratchet = Ratchet.Open(places, settings, pending.ChainId, Chain, age, broken);
    }

    /// <summary>Why checkpoints cannot be signed; null while they can.</summary>
    internal string? Problem => _ratchet.Problem;

    /// <summary>The last checkpoint's sequence number and its time in microseconds since 1970; null when there is none.</summary>
    internal (long Seq, long Micros)? Last => Chain.Checkpoint < 0 ? null : (Chain.Checkpoint, Chain.SignedMicros);

    /// <summary>How long until a checkpoint is due though nothing happens.</summary>
    internal TimeSpan Left => _ratchet.Left;

    /// <summary>Whether a checkpoint is due, and may be tried.</summary>
    internal bool IsDue => _ratchet.MayTry && (_urgent || Chain.Since >= _ratchet.Entries || _ratchet.Left <= TimeSpan.Zero);

    /// <summary>Whether there is to be one before so many more entries, since none can follow in the midst of them.</summary>
    internal bool IsDueBefore(int entries) =>
        Chain.Since < _ratchet.Entries && Chain.Since + entries > Ratchet.MostEntries && !_ratchet.IsReady;

    /// <summary>An entry was added: where a checkpoint is due by then and can be signed at once, it follows.</summary>
    internal void Added(string eventName)
    {
        _urgent |= eventName == AuditEvents.CrontabEdited;
        if (_signed is null && Chain.Since >= _ratchet.Entries && _ratchet.MayTry && _ratchet.IsReady)
            AddCheckpoint();
    }

    /// <summary>Adds a checkpoint over all entries so far, or why there can be none.</summary>
    internal void Add()
    {
        _urgent = false;
        if (Chain.InForce is null && !_ratchet.HasKey)
            AddFirstKey();
        if (_ratchet.Prepare())
            AddCheckpoint();
        else
            AddUnsigned();
    }

    /// <summary>After the entry about the agent's start: names the first key of a chain that has none, or says why nothing can be signed.</summary>
    internal void Begin()
    {
        if (Chain.InForce is null && !_broken)
            AddFirstKey();
        AddUnsigned();
    }

    /// <summary>Where the chain may have lost, with what is missing, the name of the key in force, it is named again before this can be found whole.</summary>
    internal void NameAgain()
    {
        if (_broken && _ratchet.Prepare())
            AddCheckpoint();
    }

    /// <summary>The key with which a chain begins; null, with the <see cref="Problem"/>, when it cannot be had.</summary>
    internal VerifierKey? MakeFirst() => _ratchet.MakeFirst();

    /// <summary>Has the next key made beside the writer when a checkpoint soon will be due.</summary>
    internal void PrepareBeside()
    {
        if (Chain.Since >= _ratchet.Entries * 3L / 4)
            _ratchet.PrepareBeside();
    }

    /// <summary>All that was added is on disk: a checkpoint among it counts.</summary>
    internal void Written()
    {
        if (_signed is { } tree)
        {
            _signed = null;
            _ratchet.Advance(tree);
        }
    }

    /// <summary>What was added is given up: a checkpoint among it is none.</summary>
    internal void GiveUp() => _signed = null;

    public void Dispose() => _ratchet.Dispose();

    private ChainSignatures Chain => _pending.Signatures;

    private long NowMicros => UnixMicros.Of(_time.GetUtcNow());

    // The announcement lies inside of what the checkpoint signs.
    private void AddCheckpoint()
    {
        // The entry that named the key was given up with its batch.
        if (Chain.InForce is null)
            _pending.Append(AuditEvents.KeyNext, [new("vkey", _ratchet.InForce.Text)]);
        _pending.Append(AuditEvents.KeyNext, [new("vkey", _ratchet.Announcement.Text)]);
        var tree = Chain.Tree.Copy();
        if (_ratchet.Sign(tree) is not { } note)
        {
            // What was announced is announced again; until then the key in force stays what it is.
            AddUnsigned();
            return;
        }

        _signed = tree;
        _pending.Append(AuditEvents.Checkpoint, [new("note", note)]);
        _noted = null;
    }

    private void AddFirstKey()
    {
        if (_ratchet.MakeFirst() is { } first)
            _pending.Append(AuditEvents.KeyNext, [new("vkey", first.Text)]);
    }

    private void AddUnsigned()
    {
        if (_ratchet.Problem is not { } problem || problem == _noted)
            return;
        // What may pass is not looked after for ever.
        if (!_ratchet.HasKey)
            Alarm("checkpoints cannot be signed: " + problem + (Chain.InForce is null ? "" : Lost));
        _pending.Append(AuditEvents.Unsigned, [new("reason", EntryMembers.Cut(problem, 512))]);
        _noted = problem;
    }

    private void Alarm(string message)
    {
        try
        {
            if (!_alarms.Read().Any(alarm => alarm.EndsWith(message, StringComparison.Ordinal)))
                _alarms.Add(NowMicros, message);
        }
        catch (ProblemException e)
        {
            StandardStreams.Say($"the audit log: {message}; and the alarm cannot be kept: {e.Message}", e.Hint);
        }
    }
}
