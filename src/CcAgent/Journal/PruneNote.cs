using System.Globalization;
using System.Text;
using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Journal;

/// <summary>
/// What is about to be given up, noted before the chain says so: should the daemon end between the entry and the removal,
/// the next one finishes it.
/// </summary>
/// <param name="First">The sequence number of the first entry.</param>
/// <param name="Last">That of the last.</param>
/// <param name="From">The sequence number from which on the chain says so.</param>
internal sealed record PruneNote(long First, long Last, long From)
{
    private const string Start = "cc-agent-prune 1 ";

    /// <summary>The note that is there; null for none, and for one that was cut short, before which nothing was begun.</summary>
    internal static PruneNote? Read(string stateDirectory)
    {
        var text = SmallFile.Read(PathIn(stateDirectory)) is { } bytes ? Encoding.UTF8.GetString(bytes) : "";
        return text.StartsWith(Start, StringComparison.Ordinal) && text.EndsWith('\n') && text[Start.Length..^1].Split(' ') is [var first, var last, var from]
            ? new PruneNote(Number(first), Number(last), Number(from)) : null;
    }

    /// <summary>Writes it down, durably.</summary>
    /// <exception cref="ProblemException">It could not be written.</exception>
    internal void Put(string stateDirectory)
    {
        Remove(stateDirectory);
        using (var file = AppendFile.Open(PathIn(stateDirectory), 0x180))
        {
            file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Start}{First} {Last} {From}\n")));
            file.Sync();
        }

        AppendFile.SyncDirectory(stateDirectory);
    }

    /// <summary>It is done, or was not begun.</summary>
    internal static void Remove(string stateDirectory) => _ = Libc.unlink(PathIn(stateDirectory));

    private static string PathIn(string stateDirectory) => stateDirectory + "/prune";

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
