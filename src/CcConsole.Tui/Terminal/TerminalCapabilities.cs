using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;

namespace CcConsole.Tui.Terminal;

/// <summary>What a terminal answered; what it did not answer is not there.</summary>
public sealed record TerminalCapabilities
{
    /// <summary>Whether an update can be marked as one (mode 2026).</summary>
    public bool SynchronizedUpdates { get; init; }

    /// <summary>Whether it knows kitty's keyboard protocol.</summary>
    public bool KeyboardProtocol { get; init; }

    /// <summary>The colour of its ground; null when unknown.</summary>
    public Color? Background { get; init; }

    /// <summary>Whether it answered the last question: nothing more will come.</summary>
    public bool Complete { get; init; }

    internal TerminalCapabilities With(ReplyEvent reply) => reply.Kind switch
    {
        ReplyKind.Mode when reply.Values[0] == 2026 => this with { SynchronizedUpdates = reply.Values[1] is >= 1 and <= 3 },
        ReplyKind.KeyboardFlags => this with { KeyboardProtocol = true },
        ReplyKind.Background => this with { Background = Color.Rgb((byte)reply.Values[0], (byte)reply.Values[1], (byte)reply.Values[2]) },
        ReplyKind.DeviceAttributes => this with { Complete = true },
        _ => this,
    };
}
