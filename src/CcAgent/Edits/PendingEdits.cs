using System.Diagnostics;
using System.Text;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;
using CcConsole.Core.Audit;

namespace CcAgent.Edits;

/// <summary>
/// The edits that were begun and are not recorded yet: a file for each table, in a folder of the agent's own, and a lock
/// beside it that is held as long as the edit goes on. A file whose lock is free is of an edit whose session was killed.
/// </summary>
internal sealed class PendingEdits
{
    private const string Suffix = ".edit";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly AgentPlaces _places;
    private readonly string _folder;

    internal PendingEdits(AgentPlaces places) => (_places, _folder) = (places, places.Data + "/edits");

    /// <summary>All of them, those that go on included.</summary>
    /// <exception cref="ProblemException">Others have a hand in the folder.</exception>
    internal IReadOnlyList<PendingEdit> All()
    {
        if (!Directory.Exists(_folder))
            return [];
        SecureDirectory.Require(_folder, _places.Owner, SecureDirectory.Private);
        return [.. Directory.GetFiles(_folder, "*" + Suffix).Select(EditLock.Read).OfType<PendingEdit>()];
    }

    /// <summary>Takes the lock of a table's edits.</summary>
    /// <param name="table">How entries call it.</param>
    /// <param name="patience">How long to wait for another session's edit.</param>
    /// <returns>Null when an edit goes on.</returns>
    /// <exception cref="ProblemException">There is no place for the lock in which nobody else has a hand.</exception>
    internal EditLock? Take(string table, TimeSpan patience = default)
    {
        using var held = SecureDirectory.HoldMade(_folder, _places.Owner, SecureDirectory.Private);
        var name = Sha256.Hash(Encoding.UTF8.GetBytes(table)).ToString()[..32];
        var fd = Libc.open(held.At(name + ".lock"), OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0x180);
        if (fd < 0)
            throw new ProblemException($"{_folder}/{name}.lock: {Libc.ErrorText(Libc.LastError)}", "see the folder and its disk on the host");
        const int exclusive = 2, nonBlocking = 4;
        using var never = new ManualResetEventSlim();
        for (var began = Stopwatch.GetTimestamp(); Libc.flock(fd, exclusive | nonBlocking) != 0; never.Wait(Step))
        {
            if (Stopwatch.GetElapsedTime(began) < patience)
                continue;
            _ = Libc.close(fd);
            return null;
        }

        return new EditLock(_folder, $"{_folder}/{name}{Suffix}", fd);
    }

    /// <summary>The number that the chain's next entry has, or a lower one.</summary>
    internal long NextEntry => HeadFile.Read(_places.AuditState + "/head") is { } head ? head.Seq + 1 : 0;

    /// <summary>The number of the edit's entry; null when the chain has none.</summary>
    internal long? Recorded(PendingEdit edit)
    {
        var wanted = Encoding.UTF8.GetBytes($"\"edit\": \"{edit.Id}\"");
        long? found = null;
        JournalReading.From(Segments.In(_places.Audit), edit.Chain, (seq, line) =>
        {
            // Within a text the quotes would be escaped.
            if (line.IndexOf(wanted) >= 0)
                found = seq;
            return found is null;
        });
        return found;
    }
}
