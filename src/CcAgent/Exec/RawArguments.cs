using System.Text;
using CcAgent.Native;

namespace CcAgent.Exec;

/// <summary>
/// The command's arguments as bytes. .NET hands arguments over as text, in which bytes that are not UTF-8 are lost; the
/// kernel still has them.
/// </summary>
internal static class RawArguments
{
    internal static byte[][] Last(int count, string[] arguments)
    {
        if (OperatingSystem.IsLinux() && SmallFile.Read("/proc/self/cmdline") is { } commandLine)
            return Split(commandLine, count);

        // Without /proc: only what is Unicode text can be passed on.
        return Array.ConvertAll(arguments[^count..], Encoding.UTF8.GetBytes);
    }

    internal static byte[][] Split(byte[] commandLine, int count)
    {
        var result = new byte[count][];
        var end = commandLine.Length - 1;
        for (var i = count - 1; i >= 0; i--)
        {
            var start = commandLine.AsSpan(0, end).LastIndexOf((byte)0) + 1;
            result[i] = commandLine[start..end];
            end = start - 1;
        }

        return result;
    }
}
