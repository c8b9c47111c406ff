using System.Text;
using CcConsole.Tests.Shared;
using Xunit;

namespace EndToEnd.Harness;

/// <summary>
/// Writes programs that are run at once, by a process that starts no other: one written here is held open for writing by any process
/// that another test is just starting, and cannot be executed until that one is (ETXTBSY, execve(2)).
/// </summary>
internal static class ScriptFile
{
    public static async Task WriteAsync(string path, string text)
    {
        ProgramResult written = await ProgramRun.RunAsync("/bin/sh", ["-c", "exec dd of=\"$0\" status=none", path], input: Encoding.UTF8.GetBytes(text));
        Assert.True(written.Code == 0, written.ToString());
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }
}
