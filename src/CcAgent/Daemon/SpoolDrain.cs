using System.Text;
using System.Text.Unicode;
using CcAgent.Exec;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Runs;
using CcAgent.Verbs;
using CcConsole.Core.Reports;

namespace CcAgent.Daemon;

/// <summary>
/// Takes in the reports that waited in a spool, in the order of their runs. A file is removed when what it says is
/// durable; the file's owner, whom the kernel recorded, is the sender.
/// </summary>
internal sealed unsafe class SpoolDrain : IDisposable
{
    private const int MostFiles = 128;
    private const long MostBytes = 1024 * 1024;

    // Everyone may put files into root's spool, as many as they like: so many names are looked at in a step, so many reports brought
    // into their order, and so many steps taken before the daemon serves others.
    private const int MostLooked = 256, MostNames = 16 * 1024, MostSteps = 128, Few = 1024;

    // What no wrapper can still be writing goes, as does what a spool for everyone has under no name of ours.
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(10);

    private static readonly byte[] ReportEnding = Encoding.ASCII.GetBytes(SpoolWriter.Suffix), PartEnding = Encoding.ASCII.GetBytes(SpoolWriter.Part),
        MarkEnding = Encoding.ASCII.GetBytes(RunMark.Suffix), MarkPartEnding = Encoding.ASCII.GetBytes(RunMark.Suffix + HeldMark.Part);

    private const string NotPlain = "not a plain file of its own in the spool";

    private const int MostSaid = 1000;

    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _spools;
    private readonly uint _self;
    private readonly bool _everyones;

    // The look at all that is there, what it has found so far, and what of that is still to be read, in its order.
    private SpoolWalk? _walk;
    private readonly List<string> _found = [];
    private string[] _names = [];
    private int _at, _seen;
    private bool _again;

    // Whether something of this step could not be recorded.
    private bool _refused;

    // What was seen to come since.
    private readonly Queue<string> _came = new();

    internal SpoolDrain(AgentPlaces places)
    {
        (_spools, _self, _everyones) = (places.Spools, places.Owner, places.Mode == AgentMode.System);
        foreach (var spool in _spools)
        {
            if (spool != places.Spool)
                SecureDirectory.MakePath(Path.GetDirectoryName(spool)!, _self);
            // Root's spool takes files from everyone and shows them to nobody.
            SecureDirectory.Make(spool, _self, _everyones ? 0x3DBu : 0x1C0u);
        }

        LookAround();
    }

    internal IReadOnlyList<string> Spools => _spools;

    /// <summary>Whether something could not be recorded or taken away, so that it is to be looked for again after a while.</summary>
    internal bool HasLeft { get; private set; }

    /// <summary>Whether the last look at all that is there was done in a moment.</summary>
    internal bool SawFew { get; private set; } = true;

    /// <summary>Takes in what waits, if it is not so much that it would hold up the daemon's start.</summary>
    internal void Begin(Recorder recorder)
    {
        for (var i = 0; i < MostSteps && Step(recorder); i++)
        {
        }
    }

    /// <summary>Wants all that is there to be looked at; if that is going on, once more after it.</summary>
    internal void LookAround()
    {
        if (_walk is not null)
        {
            _again = true;
            return;
        }

        _walk = new SpoolWalk(_spools);
        (_again, _seen, HasLeft) = (false, 0, false);
    }

    /// <summary>A report has come into a spool: it need not wait until the look at all others comes to it.</summary>
    internal void Came(string path)
    {
        if (_came.Count < MostNames)
            _came.Enqueue(path);
        else
            LookAround();
    }

    /// <summary>Looks at some of the names that are there, and takes in some of the reports that were found, so few that others need not wait long.</summary>
    /// <returns>Whether there is more to do.</returns>
    internal bool Step(Recorder recorder)
    {
        if (_at == _names.Length && _walk is not null)
            Look();
        var batch = new List<RecordRequest>();
        var paths = new HashSet<string>(StringComparer.Ordinal);
        var bytes = 0L;
        _refused = false;
        // Neither what comes nor what lies there keeps the other waiting; one that both name is read once.
        for (var files = 0; files < MostFiles && bytes < MostBytes && (_came.Count > 0 || _at < _names.Length); files++)
        {
            var path = _came.Count > 0 && (files % 2 == 0 || _at == _names.Length) ? _came.Dequeue() : _names[_at++];
            if (!paths.Add(path) || Read(path) is not { } request)
                continue;
            batch.Add(request);
            bytes += request switch { ReportRequest report => report.Bytes.Length, RejectedRequest rejected => rejected.Bytes.Length, _ => 0 };
        }

        if (batch.Count > 0)
            recorder.Record(batch);
        if (_refused)
        {
            // Nothing can be recorded now, and trying the next at once would not help: later all are looked for anew, in their order.
            Forget();
            HasLeft = true;
            return false;
        }

        return _walk is not null || _at < _names.Length || _came.Count > 0;
    }

    public void Dispose() => Forget();

    private void Forget()
    {
        _walk?.Dispose();
        (_walk, _names, _at, _again) = (null, [], 0, false);
        _found.Clear();
        _came.Clear();
    }

    private void Look()
    {
        var looked = 0;
        var name = default(ReadOnlySpan<byte>);
        for (; looked < MostLooked && _found.Count < MostNames && _walk!.Next(out name); looked++)
        {
            // A name of ours is no other bytes than these; what is not UTF-8 could not even be opened by its path.
            var possible = Utf8.IsValid(name);
            if (possible && name.EndsWith(ReportEnding))
                _found.Add(_walk.PathOf(name));
            else if (_everyones && !(possible && (IsMark(name) || (name.EndsWith(PartEnding) && !IsAbandoned(_walk.PathOf(name))))))
                _walk.Sweep(name);
        }

        _seen += looked;
        if (looked == MostLooked)
            return;
        (_names, _at) = ([.. _found], 0);
        Array.Sort(_names, StringComparer.Ordinal);
        _found.Clear();
        if (_names.Length == MostNames)
            return;
        _walk!.Dispose();
        (_walk, SawFew) = (null, _seen <= Few);
        if (_again)
            LookAround();
    }

    // They are looked after by RunWatch.
    private static bool IsMark(ReadOnlySpan<byte> name) => name.EndsWith(MarkEnding) || name.EndsWith(MarkPartEnding);

    private static bool IsAbandoned(string path) =>
        Libc.TryStatus(path, out var status) && status.Changed < TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - Abandoned.TotalSeconds;

    private RecordRequest? Read(string path)
    {
        var fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, 0);
        if (fd < 0)
        {
            var error = Libc.LastError;
            if (Libc.TryStatus(path, out var there) && !there.IsRegular)
                return Rejected(path, there.Owner, default, there.IsLink ? "a symbolic link in the spool" : NotPlain);
            // A lease (fcntl(2)): no wrapper takes one, and with enough of them nobody else's report would be among the names.
            if (error == Errno.Again && there.IsRegular)
                return Rejected(path, there.Owner, default, "its owner keeps it from being read by a lease");
            if (error != Errno.NoEntry)
                SayOnce(path, error);
            return null;
        }

        try
        {
            // A second link would let someone hand in another's file, and take the blame off themselves.
            if (!Libc.TryStatus(fd, out var status) || !status.IsRegular || status.Links != 1)
                return Rejected(path, status.Owner, default, NotPlain);
            // A file of one's own that one lets others write to may have come here from anywhere, with words of theirs.
            if (status.WritableByOthers)
                return Rejected(path, status.Owner, default, "others than its owner may write to it");
            if (status.Size > ReportLimits.MaxReportBytes)
                return Rejected(path, status.Owner, default, "longer than a report may be");
            var bytes = new byte[status.Size];
            var length = 0;
            while (length < bytes.Length)
            {
                nint count;
                fixed (byte* at = bytes)
                    count = Libc.read(fd, at + length, (nuint)(bytes.Length - length));
                if (count < 0 && Libc.LastError == Errno.Interrupted)
                    continue;
                if (count < 0)
                {
                    // What is there is not known, so it stays.
                    SayOnce(path, Libc.LastError);
                    return null;
                }

                if (count == 0)
                    break;
                length += (int)count;
            }

            return Understand(path, status, bytes.AsMemory(0, length));
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    // It is looked at again and again.
    private void SayOnce(string path, int error)
    {
        HasLeft = true;
        if (_said.Count < MostSaid && _said.Add(path))
            StandardStreams.Say($"{PlainText.Of(path)} cannot be read: {Libc.ErrorText(error)}");
    }

    private RecordRequest Understand(string path, FileStatus status, ReadOnlyMemory<byte> bytes)
    {
        var owner = status.Owner;
        if (!ReportReader.TryRead(bytes.Span, out var report, out var problem))
            return Rejected(path, owner, bytes, problem);
        if (report.ExecutingUid != owner && owner != 0)
            return Rejected(path, owner, bytes, $"it claims to come from user id {report.ExecutingUid}", report.JobId);
        return new ReportRequest
        {
            Uid = owner,
            Report = report,
            Bytes = Trimmed(bytes),
            Spooled = DateTimeOffset.UnixEpoch.AddSeconds(status.Changed),
            Retried = true,
            Answer = answer => Remove(path, answer),
        };
    }

    internal static ReadOnlyMemory<byte> Trimmed(ReadOnlyMemory<byte> json) => json.Trim(" \t\r\n"u8);

    private RejectedRequest Rejected(string path, uint owner, ReadOnlyMemory<byte> bytes, string reason, string? jobId = null) => new()
    {
        Uid = owner,
        Reason = reason,
        Bytes = bytes,
        JobId = jobId,
        Retried = true,
        Answer = answer => Remove(path, answer),
    };

    private void Remove(string path, RecordAnswer answer)
    {
        _refused |= !answer.Recorded;
        if (!answer.Recorded || SpoolWalk.PutAway(path))
            return;
        HasLeft = true;
        if (_said.Count < MostSaid && _said.Add(path))
            StandardStreams.Say($"{PlainText.Of(path)} is recorded but cannot be removed: {Libc.ErrorText(Libc.LastError)}", "remove it by hand");
    }
}
