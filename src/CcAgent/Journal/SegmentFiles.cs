using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Audit.Segments;
using Microsoft.Win32.SafeHandles;

namespace CcAgent.Journal;

/// <summary>The chain's segments as a verification reads them.</summary>
internal static class SegmentFiles
{
    /// <summary>Those of a directory; none when there is no such directory.</summary>
    internal static IEnumerable<ChainSegment> In(string directory) => Segments.In(directory).Select(segment => new ChainSegment(
        new SegmentName(segment.Name, segment.First, segment.Attempt), segment.Bytes, () => Open(segment.Path)));

    /// <exception cref="ProblemException">The file cannot be opened, or is a link.</exception>
    private static FileStream Open(string path)
    {
        var file = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0);
        return file >= 0
            ? new FileStream(new SafeFileHandle(file, ownsHandle: true), FileAccess.Read, bufferSize: 0)
            : throw new ProblemException($"{path} cannot be read: {Libc.ErrorText(Libc.LastError)}");
    }
}
