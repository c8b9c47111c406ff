using System.Diagnostics;
using System.Security.Cryptography;
using CcAgent.Places;
using CcConsole.Core;
using CcConsole.Core.Audit.Checkpoints;

namespace CcAgent.Journal;

/// <summary>
/// The keys that sign the chain's checkpoints, each for one: the next is made and on disk before it is announced, and takes the
/// place of the one in force when the checkpoint is durable, which is overwritten. What may wait for the disk is done beside the
/// writer, so that no entry waits for it; the order of the steps stays. One step at a time.
/// </summary>
internal sealed class Ratchet : IDisposable
{
    /// <summary>More than 1,200 entries without a checkpoint are overdue; it needs some room for its own.</summary>
    internal const int MostEntries = 1150;

    // How long after a failure it is tried again, however many entries are due.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly KeyFiles _files;
    private readonly string _treePath;
    private readonly string _chain;
    private SigningKey? _key;
    private SigningKey? _next;

    // The announced key is in force by the chain, and its file has not taken the other's place yet.
    private bool _owed;
    private Thread? _work;
    private string? _failure;

    // The key in force could not be used, though the next was there.
    private bool _refused;
    private long _last;

    // When the next key could not be made beside the writer; 0 when it could.
    private long _unmade;

    private Ratchet(AgentPlaces places, AuditSettings settings, string chain)
    {
        (_files, _treePath, _chain) = (new KeyFiles(places.AuditState), TreeFile.Of(places.AuditState), chain);
        (Entries, Interval) = (Math.Min(settings.CheckpointEntries, MostEntries), TimeSpan.FromMinutes(settings.CheckpointMinutes));
    }

    /// <summary>After how many entries a checkpoint is due.</summary>
    internal int Entries { get; }

    /// <summary>How long after the last one a checkpoint is due.</summary>
    internal TimeSpan Interval { get; }

    /// <summary>Why checkpoints cannot be signed; null while they can.</summary>
    internal string? Problem { get; private set; }

    /// <summary>Whether it pays to try: not soon after it could not be done. What failed before the next key was made hinders nothing.</summary>
    internal bool MayTry => (!_refused && (Problem is null || _next is not null)) || Stopwatch.GetElapsedTime(_last) >= Pause;

    /// <summary>Whether a checkpoint can be signed at once.</summary>
    internal bool IsReady
    {
        get
        {
            if (_work is { IsAlive: true })
                return false;
            Finish();
            return _key is not null && _next is not null;
        }
    }

    /// <summary>Whether there is a key in force, as far as this agent has it.</summary>
    internal bool HasKey => _key is not null;

    /// <summary>The public half of the key in force. Not without <see cref="HasKey"/>.</summary>
    internal VerifierKey InForce => _key!.Verifier;

    /// <summary>The public half of the key that has been made to follow.</summary>
    internal VerifierKey Announcement => _next!.Verifier;

    /// <summary>How long until a checkpoint is due by time.</summary>
    internal TimeSpan Left => Interval - Stopwatch.GetElapsedTime(_last);

    /// <summary>Takes up the keys where the chain has left them.</summary>
    /// <param name="places">Where they lie.</param>
    /// <param name="settings">How often a checkpoint is signed.</param>
    /// <param name="chain">The chain's id.</param>
    /// <param name="signatures">What the chain says.</param>
    /// <param name="age">How long ago it was signed.</param>
    /// <param name="broken">Whether entries are missing from the log, so that the files say more than it.</param>
    internal static Ratchet Open(AgentPlaces places, AuditSettings settings, string chain, ChainSignatures signatures, TimeSpan age, bool broken)
    {
        var ratchet = new Ratchet(places, settings, chain);
        ratchet._last = Stopwatch.GetTimestamp() - (long)(TimeSpan.FromTicks(Math.Clamp(age.Ticks, 0, ratchet.Interval.Ticks)).TotalSeconds * Stopwatch.Frequency);
        if (signatures.InForce is not null || broken)
            ratchet.Try(() => ratchet.TakeUp(signatures.InForce, broken));
        return ratchet;
    }

    /// <summary>Makes the chain's first key; null, with the <see cref="Problem"/>, when it cannot be had.</summary>
    internal VerifierKey? MakeFirst()
    {
        _last = Stopwatch.GetTimestamp();
        Try(() =>
        {
            var key = Create();
            _files.WriteNext(key);
            _files.Promote();
            _key = key;
        });
        return _key?.Verifier;
    }

    /// <summary>Has the next key made and brought to disk beside the writer.</summary>
    internal void PrepareBeside()
    {
        // In this order: what has just ended may have made it.
        if (_key is null || _work is { IsAlive: true } || _next is not null || (_unmade != 0 && Stopwatch.GetElapsedTime(_unmade) < Pause))
            return;
        Begin(() =>
        {
            _unmade = Stopwatch.GetTimestamp();
            MakeNext();
            _unmade = 0;
        });
    }

    /// <summary>Returns when the next key is on disk; false, with the <see cref="Problem"/>, when it cannot be had.</summary>
    internal bool Prepare()
    {
        Finish();
        _last = Stopwatch.GetTimestamp();
        if (_key is null)
            return false;
        if (_next is null)
            Try(MakeNext);
        return _next is not null;
    }

    /// <summary>The note that signs a tree; null, with the <see cref="Problem"/>, when the system's library cannot. Not without <see cref="IsReady"/>.</summary>
    internal string? Sign(CompactRange tree)
    {
        string? note = null;
        Try(() => note = _key!.Sign(new Checkpoint(Checkpoint.OfHost(_chain), tree.Size, tree.Root)).Format());
        _refused = note is null;
        if (_refused)
            _last = Stopwatch.GetTimestamp();
        return note;
    }

    /// <summary>The checkpoint is durable: the announced key takes the place of the one that signed it.</summary>
    /// <param name="tree">The tree that was signed; not used by anyone else from now on.</param>
    internal void Advance(CompactRange tree)
    {
        _key!.Dispose();
        (_key, _next, _owed, _last) = (_next, null, true, Stopwatch.GetTimestamp());
        Begin(() =>
        {
            Promote();
            TreeFile.Write(_treePath, _chain, tree);
        });
        // What failed before did not hinder this one.
        Problem = null;
    }

    /// <summary>Returns when nothing is done beside the writer.</summary>
    internal void Finish()
    {
        _work?.Join();
        _work = null;
        if (_failure is { } failure)
            (Problem, _failure) = (failure, null);
    }

    public void Dispose()
    {
        Finish();
        // Else the key that is no more in force stays on disk until the next start.
        Try(Promote);
        _key?.Dispose();
        _next?.Dispose();
    }

    // A crash lies between any two steps: which key is in force, the chain says.
    private void TakeUp(string? inForce, bool broken)
    {
        string? unreadable = null;
        SigningKey? Read(Func<string, SigningKey?> file)
        {
            try
            {
                return file(Checkpoint.OfHost(_chain));
            }
            catch (ProblemException e)
            {
                unreadable ??= e.Message;
                return null;
            }
        }

        SigningKey? key = Read(_files.Read), next = Read(_files.ReadNext);
        // Of a broken log either is taken, but the one that it names before the other.
        var follows = next is not null && (next.Verifier.Text == inForce || (broken && key is null));
        if (key is not null && !follows && (key.Verifier.Text == inForce || broken))
        {
            _key = key;
            next?.Dispose();
            return;
        }

        key?.Dispose();
        if (follows)
        {
            (_key, _owed) = (next, true);
            Promote();
            return;
        }

        next?.Dispose();
        throw new ProblemException(unreadable ?? "the key that the chain names as in force is gone");
    }

    private SigningKey Create()
    {
        try
        {
            return SigningKey.Create(Checkpoint.OfHost(_chain));
        }
        catch (CryptographicException e)
        {
            throw new ProblemException($"no key can be made: {e.Message}", inner: e);
        }
    }

    private void MakeNext()
    {
        // Else the file of the key in force would be replaced.
        Promote();
        var next = Create();
        _files.WriteNext(next);
        _next = next;
    }

    private void Promote()
    {
        if (!_owed)
            return;
        _files.Promote();
        _owed = false;
    }

    private void Begin(Action step)
    {
        Finish();
        var work = new Thread(Work, 256 * 1024) { IsBackground = true, Name = "ratchet" };
        try
        {
            work.Start();
            _work = work;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            // A job of the same user may have started all that the user may: then entries wait for it.
            Work();
        }

        void Work()
        {
            try
            {
                step();
            }
            catch (Exception e) when (e is ProblemException or CryptographicException)
            {
                _failure = e.Message;
            }
        }
    }

    private void Try(Action step)
    {
        try
        {
            step();
            Problem = null;
        }
        catch (Exception e) when (e is ProblemException or CryptographicException)
        {
            Problem = e.Message;
        }
    }
}
