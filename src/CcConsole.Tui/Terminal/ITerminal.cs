using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Terminal;

/// <summary>
/// The seam to a terminal: bytes out, bytes and signals in. <see cref="UnixTerminal"/> is the real one,
/// <see cref="Testing.FakeTerminal"/> that of tests.
/// </summary>
public interface ITerminal : IDisposable
{
    /// <summary>Columns and rows now; 0×0 when it is not known.</summary>
    Size Size { get; }

    /// <summary>Whether reports of the mouse are asked for; off leaves the mouse to the terminal for selecting text.</summary>
    bool Mouse { get; set; }

    /// <summary>Whether keys are asked for in kitty's unambiguous form; only for a terminal that answered that it knows it.</summary>
    bool UnambiguousKeys { get; set; }

    /// <summary>Takes over the terminal (raw mode, alternate screen) and reports from now on, on any thread.</summary>
    /// <exception cref="IOException">There is no terminal.</exception>
    void Start(Action<TerminalEvent> report);

    /// <summary>Sends bytes. What is sent while the terminal is given back is dropped.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Gives the terminal back as it was and stops reading, for a program that runs in between; Ctrl+C is then for that program.</summary>
    void Lend();

    /// <summary>Takes the terminal again after <see cref="Lend"/>. The screen must be repainted.</summary>
    void Enter();

    /// <summary>Gives the terminal back as it was, for good.</summary>
    void Leave();

    /// <summary>Gives the terminal back and stops this process, as Ctrl+Z does elsewhere; SIGCONT reports <see cref="Resumed"/>.</summary>
    void Suspend();
}

/// <summary>What a terminal reports.</summary>
public abstract record TerminalEvent;

/// <summary>Bytes were read.</summary>
/// <param name="Bytes">The bytes; not used again by the sender.</param>
public sealed record InputRead(ReadOnlyMemory<byte> Bytes) : TerminalEvent;

/// <summary>The size changed (SIGWINCH).</summary>
public sealed record SizeChanged : TerminalEvent;

/// <summary>The process runs again and has the terminal (SIGCONT); the screen must be repainted.</summary>
public sealed record Resumed : TerminalEvent;

/// <summary>The process is to end: a signal came, or the terminal is gone. The terminal is already given back.</summary>
/// <param name="ExitCode">128 and the signal's number.</param>
public sealed record EndRequested(int ExitCode) : TerminalEvent;
