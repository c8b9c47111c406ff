using System.Text;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Terminal;

namespace CcConsole.Tui.Testing;

/// <summary>A terminal for tests: what is sent is shown on a <see cref="VtScreen"/>, what a person does is given by the test.</summary>
public sealed class FakeTerminal : ITerminal
{
    private Action<TerminalEvent> _report = _ => { };

    /// <summary>A terminal of this size.</summary>
    public FakeTerminal(int width, int height) => Screen = new VtScreen(width, height);

    /// <summary>What the terminal shows.</summary>
    public VtScreen Screen { get; private set; }

    /// <inheritdoc/>
    public Size Size => Screen.Size;

    /// <inheritdoc/>
    public bool Mouse { get; set; }

    /// <inheritdoc/>
    public bool UnambiguousKeys { get; set; }

    /// <summary>Whether the application has the terminal.</summary>
    public bool IsEntered { get; private set; }

    /// <summary>How often the application was to be stopped.</summary>
    public int Suspensions { get; private set; }

    /// <summary>How many bytes were sent in all.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Everything sent, as text; for what does not show on the screen, such as OSC 52.</summary>
    public StringBuilder Sent { get; } = new();

    /// <summary>Called after each write, on the thread that wrote.</summary>
    public Action? Written { get; set; }

    /// <inheritdoc/>
    public void Start(Action<TerminalEvent> report)
    {
        _report = report;
        IsEntered = true;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        BytesWritten += bytes.Length;
        Sent.Append(Encoding.UTF8.GetString(bytes));
        Screen.Feed(bytes);
        Written?.Invoke();
    }

    /// <inheritdoc/>
    public void Lend() => IsEntered = false;

    /// <inheritdoc/>
    public void Leave() => IsEntered = false;

    /// <inheritdoc/>
    public void Enter() => IsEntered = true;

    /// <inheritdoc/>
    public void Suspend() => Suspensions++;

    /// <summary>Bytes arrive.</summary>
    public void Type(ReadOnlySpan<byte> bytes) => _report(new InputRead(bytes.ToArray()));

    /// <summary>The window changes its size.</summary>
    public void Resize(int width, int height)
    {
        Screen = new VtScreen(width, height);
        _report(new SizeChanged());
    }

    /// <summary>Any other event of a terminal.</summary>
    public void Report(TerminalEvent what) => _report(what);

    /// <inheritdoc/>
    public void Dispose() => IsEntered = false;
}
