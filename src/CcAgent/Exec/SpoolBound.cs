using System.Buffers;
using System.Globalization;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;
using CcConsole.Core.Reports;

namespace CcAgent.Exec;

/// <summary>
/// Keeps a spool within the settings while no daemon empties it: the oldest reports of who has most go first, and one report says in their place
/// how many runs went, so that the daemon records it. Where this user may not look into the spool (a user's run and root's
/// spool), nothing goes.
/// </summary>
internal static class SpoolBound
{
    private const string Told = "-dropped-";
    private const int Exclusive = 2, NonBlocking = 4, Digits = 17;

    // To ask for each file's size costs more than its name: it is asked for at every so many.
    private const int Step = 16;

    /// <summary>Lets the oldest go if there are too many.</summary>
    /// <param name="spool">The spool, which has been checked.</param>
    /// <param name="uid">This process's user.</param>
    /// <param name="bounds">How much may wait.</param>
    internal static void Keep(string spool, uint uid, SpoolBounds bounds)
    {
        var lockHeld = Libc.open(spool, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0);
        if (lockHeld < 0)
            return;
        try
        {
            string[] names = [.. Directory.EnumerateFiles(spool, "*" + SpoolWriter.Suffix)];
            var tooMany = names.Length > bounds.MaxReports;
            // Two at once would both drop: the other does it.
            if ((!tooMany && names.Length % Step != 0) || Libc.flock(lockHeld, Exclusive | NonBlocking) != 0)
                return;
            Array.Sort(names, StringComparer.Ordinal);
            var files = Array.ConvertAll(names, Status);
            if (tooMany || files.Sum(static file => file.Size) > Most(bounds))
                Drop(spool, uid, bounds, names, files);
        }
        catch (UnauthorizedAccessException)
        {
            // Root's spool, which users write to and do not read.
        }
        finally
        {
            _ = Libc.close(lockHeld);
        }
    }

    /// <summary>What the settings of the agent at a socket's directory allow; the defaults where they cannot be read, of which the daemon tells.</summary>
    internal static SpoolBounds For(string socketDirectory)
    {
        try
        {
            var own = AgentPlaces.For(null);
            return AgentSettings.Read(own.SocketDirectory == socketDirectory ? own : AgentPlaces.For(socketDirectory)).Spool;
        }
        catch (ProblemException)
        {
            return new SpoolBounds();
        }
    }

    private static long Most(SpoolBounds bounds) => bounds.MaxMegabytes * 1024L * 1024;

    private static FileStatus Status(string path) => Libc.TryStatus(path, out var status) ? status : default;

    // Down to nine tenths, so that it is not each run's task. Always the oldest of the user who takes most of it: everyone may fill
    // root's spool, and is not to drive out others' reports by that.
    private static void Drop(string spool, uint uid, SpoolBounds bounds, string[] names, FileStatus[] files)
    {
        var (count, bytes) = (names.Length, files.Sum(static file => file.Size));
        var users = new Dictionary<uint, (Queue<int> Files, long Bytes)>();
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i].Contains(Told, StringComparison.Ordinal))
                continue;
            var user = users.GetValueOrDefault(files[i].Owner, (new Queue<int>(), 0));
            user.Files.Enqueue(i);
            users[files[i].Owner] = (user.Files, user.Bytes + files[i].Size);
        }

        var dropped = new List<string>();
        while (true)
        {
            var tooMany = count > bounds.MaxReports - (bounds.MaxReports / 10);
            if ((!tooMany && bytes <= Most(bounds) / 10 * 9) || users.Count == 0)
                break;
            var (owner, user) = users.MaxBy(each => tooMany ? each.Value.Files.Count : each.Value.Bytes);
            if (!user.Files.TryDequeue(out var oldest))
                break;
            dropped.Add(names[oldest]);
            users[owner] = (user.Files, user.Bytes - files[oldest].Size);
            count--;
            bytes -= files[oldest].Size;
        }

        dropped.Sort(StringComparer.Ordinal);
        if (dropped.Count == 0)
            return;
        // Told before they go: a crash in between tells of too many rather than of too few.
        var (start, end) = (Start(dropped[0]), Start(dropped[^1]));
        var report = new ExecutionReport(
            "cc-agent", "(spool)", -1, "", "", start, 0, uid, UserAccount.Of(uid).Name)
        {
            RunId = Told.Trim('-') + "-" + Convert.ToHexStringLower(RandomBytes.Get(16)),
            Lost = true,
            Warning = string.Create(
                CultureInfo.InvariantCulture,
                $"the spool was full while no daemon took reports: those of {dropped.Count} runs, begun from {start:yyyy-MM-dd'T'HH:mm:ss'Z'} to {end:yyyy-MM-dd'T'HH:mm:ss'Z'}, were dropped"),
        };
        var line = new ArrayBufferWriter<byte>();
        ReportWriter.Write(line, report, new OutputTail(), new OutputTail());
        SpoolWriter.Put(spool, uid, start, report.RunId, line.WrittenSpan);
        foreach (var name in dropped)
            _ = Libc.unlink(name);
        StandardStreams.Say($"{spool} is full: the reports of {dropped.Count} runs were dropped, the oldest first", "start the daemon: cc-agent status");
    }

    // When a run began, of which its file's name begins with the microseconds.
    private static DateTimeOffset Start(string path)
    {
        var name = Path.GetFileName(path.AsSpan());
        var start = name.Length > Digits && long.TryParse(name[..Digits], NumberStyles.None, CultureInfo.InvariantCulture, out var micros)
            ? DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond) : DateTimeOffset.UnixEpoch;
        return ReportLimits.IsStart(start) ? start : DateTimeOffset.UnixEpoch;
    }
}
