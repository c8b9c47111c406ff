using System.IO.Enumeration;
using CcAgent.Native;
using CcAgent.Places;

namespace CcAgent.Runs;

/// <summary>What a mark's file tells.</summary>
internal enum MarkState
{
    /// <summary>There is none any more, or it cannot be read now.</summary>
    Gone,

    /// <summary>Its wrapper holds it: the run goes on.</summary>
    Running,

    /// <summary>Nobody holds it: the wrapper has died.</summary>
    Left,

    /// <summary>It is no mark.</summary>
    Bad,
}

/// <summary>
/// A file of a spool that should be a run's mark. In root's spool it comes from anyone: what it says is believed only of its
/// owner, whom the kernel recorded.
/// </summary>
/// <param name="Path">Where it lies.</param>
/// <param name="State">What it tells.</param>
/// <param name="Owner">The file's owner.</param>
/// <param name="Mark">The run, while it goes on and when it was left.</param>
/// <param name="Made">When the file came into the spool, in seconds since 1970.</param>
/// <param name="Problem">Why it is no mark.</param>
internal sealed unsafe record MarkFile(string Path, MarkState State, uint Owner, RunMark? Mark, long Made, string Problem)
{
    // Everyone may put files into root's spool: so many names are looked at.
    private const int MostNames = 16 * 1024;

    // Two who look at the same time do not take each other for the wrapper, whose lock is exclusive.
    private const int Shared = 1, NonBlocking = 4;

    /// <summary>The runs that go on, oldest first.</summary>
    internal static List<MarkFile> Running(AgentPlaces places)
    {
        List<MarkFile> running = [.. places.Spools.SelectMany(static spool => In(spool)).Select(static path => Look(path)).Where(static file => file.State == MarkState.Running)];
        running.Sort(static (a, b) => a.Mark!.StartTime.CompareTo(b.Mark!.StartTime));
        return running;
    }

    /// <summary>The paths of the marks in a spool, oldest run first; none where there is no spool.</summary>
    /// <param name="spool">The spool.</param>
    /// <param name="suffix">What the names end in: of marks, or of those that are being made.</param>
    internal static IReadOnlyList<string> In(string spool, string suffix = RunMark.Suffix)
    {
        try
        {
            // By name alone: to tell what a link leads to would mean to follow it. A name that is not UTF-8 cannot be opened.
            var found = new FileSystemEnumerable<string>(
                spool, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { AttributesToSkip = 0 })
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                    entry.FileName.EndsWith(suffix, StringComparison.Ordinal) && !entry.FileName.Contains('\uFFFD'),
            };
            string[] names = [.. found.Take(MostNames)];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Looks at one of them now.</summary>
    internal static MarkFile Look(string path)
    {
        var fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, 0);
        if (fd < 0)
        {
            return Libc.TryStatus(path, out var there) && !there.IsRegular
                ? new MarkFile(path, MarkState.Bad, there.Owner, null, there.Changed, "it is not a plain file")
                : new MarkFile(path, MarkState.Gone, 0, null, 0, "");
        }

        try
        {
            return Look(path, fd);
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    private static MarkFile Look(string path, int fd)
    {
        if (!Libc.TryStatus(fd, out var status))
            return new MarkFile(path, MarkState.Gone, 0, null, 0, "");
        MarkFile Bad(string problem) => new(path, MarkState.Bad, status.Owner, null, status.Changed, problem);
        // Its wrapper has just taken it away.
        if (status.Links == 0)
            return new MarkFile(path, MarkState.Gone, 0, null, 0, "");
        if (!status.IsRegular || status.Links != 1)
            return Bad("it is not a plain file of its own");
        if (status.WritableByOthers)
            return Bad("others than its owner may write to it");
        if (status.Size > RunMark.MaxBytes)
            return Bad("it is longer than a mark may be");
        var bytes = new byte[status.Size];
        nint count;
        fixed (byte* at = bytes)
            count = Libc.pread(fd, at, (nuint)bytes.Length, 0);
        if (count < 0)
            return new MarkFile(path, MarkState.Gone, 0, null, 0, "");
        var mark = RunMark.Read(bytes.AsSpan(0, (int)count), out var problem);
        if (mark is null)
            return Bad(problem);
        if (mark.Uid != status.Owner)
            return Bad($"it claims to come from user id {mark.Uid}");
        var held = Libc.flock(fd, Shared | NonBlocking) != 0;
        return new MarkFile(path, held ? MarkState.Running : MarkState.Left, status.Owner, mark, status.Changed, "");
    }
}
