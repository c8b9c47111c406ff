using System.Text;

namespace CcConsole.Ssh;

/// <summary>How a command ended, and what it wrote.</summary>
/// <param name="ExitCode">0 to 255; over SSH, 255 is also a command that was ended by a signal.</param>
/// <param name="Output">Standard output, whole: too much of it is an error, never cut.</param>
/// <param name="Error">The last bytes of standard error, at most <see cref="CommandOptions.ErrorLimit"/>.</param>
/// <param name="ErrorCut">True when the start of standard error was dropped.</param>
public sealed record CommandResult(int ExitCode, ReadOnlyMemory<byte> Output, ReadOnlyMemory<byte> Error, bool ErrorCut)
{
    /// <summary>True for exit code 0.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>Standard output as UTF-8; a byte that is none becomes U+FFFD. For text that is compared, never written back.</summary>
    public string OutputText => Encoding.UTF8.GetString(Output.Span);

    /// <summary>Standard error as one line that is safe in a message: see <see cref="Plain"/>.</summary>
    public string ErrorLine => Plain.Line(Error.Span);
}
