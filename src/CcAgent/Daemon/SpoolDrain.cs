using System.IO.Enumeration;
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
internal sealed unsafe class SpoolDrain
{
    private const int MostFiles = 128;
    private const long MostBytes = 1024 * 1024;

    // Everyone may put files into root's spool, as many as they like: so many names are looked at, and so many steps taken
    // before the daemon serves others.
    private const int MostNames = 16 * 1024, MostSteps = 64;

    // What a spool for everyone has under no name of ours goes; so does what no wrapper can still be writing.
    private const int MostSwept = 4096;
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(10);

    private const string NotPlain = "not a plain file of its own in the spool";

    private const int MostSaid = 1000;

    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _spools;
    private readonly uint _self;
    private readonly bool _everyones;

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
    }

    internal IReadOnlyList<string> Spools => _spools;

    /// <summary>Whether the last step left something: more than one step takes, or what could not be recorded.</summary>
    internal bool HasLeft { get; private set; }

    /// <summary>Takes in what waits, if it is not so much that it would hold up the daemon's start.</summary>
    internal void Begin(Recorder recorder)
    {
        for (var i = 0; i < MostSteps && Step(recorder); i++)
        {
        }
    }

    /// <summary>Takes in the oldest that are there, so many that others need not wait long.</summary>
    /// <returns>Whether more may be there.</returns>
    internal bool Step(Recorder recorder)
    {
        HasLeft = false;
        foreach (var spool in _spools)
        {
            if (Step(recorder, spool))
                return true;
        }

        return false;
    }

    private bool Step(Recorder recorder, string spool)
    {
        var others = new List<string>();
        if (Names(spool, others) is not { } names)
            return false;
        if (_everyones)
            Sweep(others);
        var batch = new List<RecordRequest>();
        var (at, gone, bytes) = (0, 0, 0L);
        for (; at < names.Length && batch.Count < MostFiles && bytes < MostBytes; at++)
        {
            if (Read(names[at], () => gone++) is { } request)
            {
                batch.Add(request);
                bytes += request switch { ReportRequest report => report.Bytes.Length, RejectedRequest refused => refused.Bytes.Length, _ => 0 };
            }
        }

        if (batch.Count > 0)
            recorder.Record(batch);
        // When nothing could be taken away, trying again at once would not help.
        HasLeft |= names.Length > gone;
        return (at < names.Length || names.Length == MostNames) && gone > 0;
    }

    private static string[]? Names(string spool, List<string> others)
    {
        try
        {
            // By name alone: to tell what a link leads to would mean to follow it. A name that is not UTF-8 cannot be opened.
            var found = new FileSystemEnumerable<string>(
                spool, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { AttributesToSkip = 0 })
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                {
                    if (entry.FileName.Contains('\uFFFD'))
                        return false;
                    if (entry.FileName.EndsWith(SpoolWriter.Suffix, StringComparison.Ordinal))
                        return true;
                    if (others.Count < MostSwept && !IsMark(entry.FileName))
                        others.Add(entry.ToFullPath());
                    return false;
                },
            };
            string[] names = [.. found.Take(MostNames)];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StandardStreams.Say($"{spool} cannot be read: {e.Message}", "runs that find no daemon cannot be recorded; start the daemon again");
            return null;
        }
    }

    // They are looked after by RunWatch.
    private static bool IsMark(ReadOnlySpan<char> name) =>
        name.EndsWith(RunMark.Suffix, StringComparison.Ordinal) || name.EndsWith(RunMark.Suffix + HeldMark.Part, StringComparison.Ordinal);

    // Else each look at the spool would go through all that anyone has ever put there.
    private static void Sweep(List<string> others)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        foreach (var path in others)
        {
            if (!path.EndsWith(SpoolWriter.Part, StringComparison.Ordinal) || (Libc.TryStatus(path, out var status) && status.Changed < now - Abandoned.TotalSeconds))
                _ = Libc.unlink(path);
        }
    }

    private RecordRequest? Read(string path, Action removed)
    {
        var fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, 0);
        if (fd < 0)
        {
            var error = Libc.LastError;
            if (Libc.TryStatus(path, out var there) && !there.IsRegular)
                return Rejected(path, removed, there.Owner, default, there.IsLink ? "a symbolic link in the spool" : NotPlain);
            // A lease (fcntl(2)): no wrapper takes one, and with enough of them nobody else's report would be among the names.
            if (error == Errno.Again && there.IsRegular)
                return Rejected(path, removed, there.Owner, default, "its owner keeps it from being read by a lease");
            if (error != Errno.NoEntry)
                SayOnce(path, error);
            return null;
        }

        try
        {
            // A second link would let someone hand in another's file, and take the blame off themselves.
            if (!Libc.TryStatus(fd, out var status) || !status.IsRegular || status.Links != 1)
                return Rejected(path, removed, status.Owner, default, NotPlain);
            // A file of one's own that one lets others write to may have come here from anywhere, with words of theirs.
            if (status.WritableByOthers)
                return Rejected(path, removed, status.Owner, default, "others than its owner may write to it");
            if (status.Size > ReportLimits.MaxReportBytes)
                return Rejected(path, removed, status.Owner, default, "longer than a report may be");
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

            return Understand(path, removed, status, bytes.AsMemory(0, length));
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    // It is looked at again and again.
    private void SayOnce(string path, int error)
    {
        if (_said.Count < MostSaid && _said.Add(path))
            StandardStreams.Say($"{PlainText.Of(path)} cannot be read: {Libc.ErrorText(error)}");
    }

    private static RecordRequest Understand(string path, Action removed, FileStatus status, ReadOnlyMemory<byte> bytes)
    {
        var owner = status.Owner;
        if (!ReportReader.TryRead(bytes.Span, out var report, out var problem))
            return Rejected(path, removed, owner, bytes, problem);
        if (report.ExecutingUid != owner && owner != 0)
            return Rejected(path, removed, owner, bytes, $"it claims to come from user id {report.ExecutingUid}", report.JobId);
        return new ReportRequest
        {
            Uid = owner,
            Report = report,
            Bytes = Trimmed(bytes),
            Spooled = DateTimeOffset.UnixEpoch.AddSeconds(status.Changed),
            Answer = answer => Remove(path, removed, answer),
        };
    }

    internal static ReadOnlyMemory<byte> Trimmed(ReadOnlyMemory<byte> json) => json.Trim(" \t\r\n"u8);

    private static RejectedRequest Rejected(string path, Action removed, uint owner, ReadOnlyMemory<byte> bytes, string reason, string? jobId = null) => new()
    {
        Uid = owner,
        Reason = reason,
        Bytes = bytes,
        JobId = jobId,
        Answer = answer => Remove(path, removed, answer),
    };

    private static void Remove(string path, Action removed, RecordAnswer answer)
    {
        if (!answer.Recorded)
            return;
        // A directory, say, cannot be unlinked; out of the way it must be, else it would be recorded again and again.
        if (Libc.unlink(path) == 0 || Libc.rename(path, $"{path}.{Convert.ToHexStringLower(RandomBytes.Get(8))}.refused") == 0)
            removed();
        else
            StandardStreams.Say($"{PlainText.Of(path)} is recorded but cannot be removed: {Libc.ErrorText(Libc.LastError)}", "remove it by hand");
    }
}
