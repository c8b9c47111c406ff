using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;

namespace CcAgent.Sealing;

/// <summary>
/// The daemon's side of the process that sets the append-only attribute (Native/seal.c), so that the daemon itself has no way
/// to take it away. An agent that was not compiled ahead of time has none.
/// </summary>
internal static unsafe partial class SealProcess
{
    private const string Given = "CC_AGENT_SEAL";

    // It reads the whole of a segment before it removes it.
    private const int AnswerMs = 30_000;

    /// <summary>Whether this build has such a process.</summary>
    internal static bool Available => !RuntimeFeature.IsDynamicCodeSupported && OperatingSystem.IsLinux() && NativeAvailable() != 0;

    /// <summary>Whether it was begun; it may have ended since.</summary>
    internal static bool Begun => Available && NativeSocket() >= 0;

    /// <summary>
    /// Has it begun when this program starts once more in the same process: it is handed the directory of the log, made if
    /// need be, and knows no other.
    /// </summary>
    /// <exception cref="ProblemException">The directory cannot be made, or others may have a hand in it.</exception>
    internal static void Offer(AgentPlaces places)
    {
        using var held = SecureDirectory.HoldMade(places.Audit, places.Owner, SecureDirectory.Audit);
        // Not closed by the start; the descriptor that is held only names it.
        var fd = Libc.open(held.At("."), OpenFlags.ReadOnly | OpenFlags.Directory, 0);
        if (fd < 0)
            throw new ProblemException($"{places.Audit} cannot be opened: {Libc.ErrorText(Libc.LastError)}");
        _ = Libc.setenv(Given, fd.ToString(CultureInfo.InvariantCulture), 1);
    }

    /// <summary>Has it set the attribute.</summary>
    /// <param name="name">A segment's file name; "." for the directory.</param>
    /// <returns>0, or the error number.</returns>
    internal static int Seal(string name) => Ask("seal " + name);

    /// <summary>Has it remove a segment that an entry gives up.</summary>
    /// <param name="name">The segment's file name.</param>
    /// <param name="by">Where the audit.prune entry is.</param>
    /// <param name="held">Where the console.pulled entry is by which a console holds what goes.</param>
    /// <param name="torn">Where the audit.recovered entry is that names the segment's torn end; null for none.</param>
    /// <returns>0, or the error number.</returns>
    internal static int Remove(string name, EntryPlace by, EntryPlace held, EntryPlace? torn) =>
        Ask(string.Create(CultureInfo.InvariantCulture, $"remove {name} {by.Segment.Name} {by.Offset} {held.Segment.Name} {held.Offset}")
            + (torn is { } end ? string.Create(CultureInfo.InvariantCulture, $" {end.Segment.Name} {end.Offset}") : ""));

    private static int Ask(string request)
    {
        const int brokenPipe = 32, timedOut = 110;
        var socket = NativeSocket();
        var bytes = Encoding.ASCII.GetBytes(request);
        fixed (byte* at = bytes)
        {
            if (Libc.send(socket, at, (nuint)bytes.Length, Libc.NoSignal) != bytes.Length)
                return Libc.LastError;
        }

        var entry = new PollEntry { Descriptor = socket, Events = PollEntry.In };
        int ready, answer;
        while ((ready = Libc.poll(&entry, 1, AnswerMs)) < 0 && Libc.LastError == Errno.Interrupted)
        {
        }

        // What it may still answer would be taken for the next answer: it is not asked again.
        if (ready == 0)
            _ = Libc.shutdown(socket, 2);
        return ready <= 0 ? timedOut : Libc.recv(socket, (byte*)&answer, sizeof(int), 0) == sizeof(int) ? answer : brokenPipe;
    }

    [LibraryImport("cc_agent_start", EntryPoint = "cc_agent_seal_available")]
    private static partial int NativeAvailable();

    [LibraryImport("cc_agent_start", EntryPoint = "cc_agent_seal_socket")]
    private static partial int NativeSocket();
}
