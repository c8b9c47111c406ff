using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using CcAgent.Daemon;
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
    // Everyone may put files into root's spool: so many runs of one user are told of.
    private const int MostOfOne = 4096;

    // Two who look at the same time do not take each other for the wrapper, whose lock is exclusive.
    private const int Shared = 1, NonBlocking = 4;

    private static readonly byte[] Ending = Encoding.ASCII.GetBytes(RunMark.Suffix), UnfinishedEnding = Encoding.ASCII.GetBytes(RunMark.Suffix + HeldMark.Part);

    /// <summary>The file's number, by which it is known again together with <see cref="Made"/>.</summary>
    internal ulong Inode { get; private init; }

    /// <summary>How many bytes of it were read for this.</summary>
    internal int Read { get; private init; }

    /// <summary>The runs that go on, oldest first.</summary>
    internal static List<MarkFile> Running(AgentPlaces places)
    {
        var running = new List<MarkFile>();
        var counts = new Dictionary<uint, int>();
        using var walk = new SpoolWalk(places.Spools);
        while (walk.Next(out var name))
        {
            if (!IsMark(name) || Look(walk.PathOf(name)) is not { State: MarkState.Running } file)
                continue;
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, file.Owner, out _);
            if (count++ < MostOfOne)
                running.Add(file);
        }

        running.Sort(static (a, b) => a.Mark!.StartTime.CompareTo(b.Mark!.StartTime));
        return running;
    }

    /// <summary>Whether a file of this name should be a mark.</summary>
    internal static bool IsMark(ReadOnlySpan<byte> name) => name.EndsWith(Ending) && Utf8.IsValid(name);

    /// <summary>Whether a file of this name should be a mark that is being made.</summary>
    internal static bool IsUnfinished(ReadOnlySpan<byte> name) => name.EndsWith(UnfinishedEnding) && Utf8.IsValid(name);

    /// <summary>Looks at one of them now.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="known">What it told before: unless it is another file, or was changed, it is not read again.</param>
    internal static MarkFile Look(string path, MarkFile? known = null)
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
            return Look(path, fd, known);
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    private static MarkFile Look(string path, int fd, MarkFile? known)
    {
        if (!Libc.TryStatus(fd, out var status))
            return new MarkFile(path, MarkState.Gone, 0, null, 0, "");
        MarkFile Bad(string problem) => new(path, MarkState.Bad, status.Owner, null, status.Changed, problem) { Read = (int)Math.Min(status.Size, RunMark.MaxBytes) };
        // Its wrapper has just taken it away.
        if (status.Links == 0)
            return new MarkFile(path, MarkState.Gone, 0, null, 0, "");
        if (!status.IsRegular || status.Links != 1)
            return Bad("it is not a plain file of its own");
        if (status.WritableByOthers)
            return Bad("others than its owner may write to it");
        if (status.Size > RunMark.MaxBytes)
            return Bad("it is longer than a mark may be");
        if (known?.Mark is not null && (known.Inode, known.Made, known.Owner) == (status.Inode, status.Changed, status.Owner))
            return known with { State = HeldOrLeft(fd), Read = 0 };
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
        return new MarkFile(path, HeldOrLeft(fd), status.Owner, mark, status.Changed, "") { Inode = status.Inode, Read = bytes.Length };
    }

    private static MarkState HeldOrLeft(int fd) => Libc.flock(fd, Shared | NonBlocking) != 0 ? MarkState.Running : MarkState.Left;
}
