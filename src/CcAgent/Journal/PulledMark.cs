using System.Globalization;
using System.Text;
using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Journal;

/// <summary>Up to which report a console has said that it holds them durably: a small file that is replaced as a whole.</summary>
internal sealed class PulledMark
{
    private const string Start = "cc-agent-pulled 1 ";

    private readonly string _directory;

    /// <exception cref="ProblemException">There is a mark that cannot be read.</exception>
    internal PulledMark(string stateDirectory)
    {
        _directory = stateDirectory;
        if (SmallFile.Read(Path) is not { } bytes)
            return;
        var text = Encoding.UTF8.GetString(bytes).TrimEnd('\n');
        if (!text.StartsWith(Start, StringComparison.Ordinal)
            || !long.TryParse(text.AsSpan(Start.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
            throw new ProblemException($"{Path} does not say which reports were pulled", "remove it: the next pull makes it again");
        Seq = seq;
    }

    /// <summary>The sequence number of the last report that was pulled; -1 for none.</summary>
    internal long Seq { get; private set; } = -1;

    private string Path => _directory + "/pulled";

    /// <summary>Remembers it, durably; what is known already costs nothing.</summary>
    /// <exception cref="ProblemException">It could not be remembered.</exception>
    internal void Set(long seq)
    {
        if (seq <= Seq)
            return;
        var part = Path + ".part";
        _ = Libc.unlink(part);
        using (var file = AppendFile.Open(part, 0x180))
        {
            file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Start}{seq}\n")));
            file.Sync();
        }

        if (Libc.rename(part, Path) != 0)
            throw new ProblemException($"{Path} cannot be written: {Libc.ErrorText(Libc.LastError)}");
        AppendFile.SyncDirectory(_directory);
        Seq = seq;
    }
}
