using System.Diagnostics;
using Xunit;

namespace CcConsole.Fleet.Tests;

/// <summary>Programs that a test makes for itself.</summary>
internal static class Script
{
    /// <summary>
    /// Makes one, by a process of its own: what this one has open for writing, a process that another test starts just now holds too until
    /// its program runs, and no file is run that somebody writes to (ETXTBSY).
    /// </summary>
    public static void Write(string path, string text)
    {
        using Process writer = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "cat >\"$1\" && chmod 755 \"$1\"", "sh", path]) { RedirectStandardInput = true })!;
        writer.StandardInput.Write(text);
        writer.StandardInput.Close();
        writer.WaitForExit();
        Assert.Equal(0, writer.ExitCode);
    }
}
