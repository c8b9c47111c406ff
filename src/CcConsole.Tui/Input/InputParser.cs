using System.Text;

namespace CcConsole.Tui.Input;

/// <summary>
/// Bytes from a terminal to events (ECMA-48, xterm's ctlseqs, kitty's keyboard protocol). The rules: the same bytes
/// give the same events however they are split; nothing that belongs to a sequence ever becomes keys, known or not;
/// a paste is one event. Only time tells Esc from the start of a sequence: the owner calls <see cref="Flush"/> when
/// nothing has come for a while.
/// </summary>
public sealed class InputParser
{
    /// <summary>The largest paste in bytes; what is beyond is dropped and the event says so.</summary>
    public const int MaxPaste = 1 << 20;

    /// <summary>How long after an Esc nothing may come, for it to be the key.</summary>
    public static readonly TimeSpan EscapeDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a sequence may stall on a slow line before it is given up.</summary>
    public static readonly TimeSpan SequenceDelay = TimeSpan.FromSeconds(1);

    private const int MaxSequence = 4096;

    private enum State
    {
        Ground,
        Escape,
        Csi,
        LinuxFunctionKey,
        X10Mouse,
        Ss3,
        String,
        StringEscape,
        Paste,
    }

    private readonly Action<InputEvent> _emit;
    private readonly Utf8Decoder _utf8 = new();
    private readonly List<byte> _sequence = [];
    private readonly PasteCollector _paste = new();
    private State _state;
    private bool _alt;
    private byte _introducer;

    /// <param name="emit">Receives the events in their order.</param>
    public InputParser(Action<InputEvent> emit) => _emit = emit;

    /// <summary>How long to wait for more before <see cref="Flush"/>; null when nothing is open (or a paste is, which only its end ends).</summary>
    public TimeSpan? Patience => _state switch
    {
        State.Ground or State.Paste => null,
        State.Escape or State.Csi or State.Ss3 or State.String when _sequence.Count == 0 => EscapeDelay,
        _ => SequenceDelay,
    };

    /// <summary>Takes in what was read.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            Take(b);
    }

    /// <summary>Nothing came for <see cref="Patience"/>: a lone Esc is the key, Esc with one character is Alt, a longer rest is dropped.</summary>
    public void Flush()
    {
        var (state, empty) = (_state, _sequence.Count == 0);
        if (Patience is null)
            return;
        Reset();
        if (state == State.Escape)
            Emit(KeyCode.Escape);
        else if (empty && state is (State.Csi or State.Ss3 or State.String))
            _emit(new KeyEvent(Key.Alt((char)_introducer)));
    }

    private void Take(byte b)
    {
        switch (_state)
        {
            case State.Ground:
                TakeGround(b);
                break;
            case State.Escape:
                TakeEscape(b);
                break;
            case State.Csi:
                TakeCsi(b);
                break;
            case State.LinuxFunctionKey:
                Reset();
                if (b is >= (byte)'A' and <= (byte)'E')
                    Emit(KeyCode.F1 + (b - 'A'));
                break;
            case State.X10Mouse:
                _sequence.Add(b);
                if (_sequence.Count == 3)
                    Finish(MouseReport.FromX10(_sequence[0], _sequence[1], _sequence[2]));
                break;
            case State.Ss3:
                Reset();
                if (KeySequence.FromSs3(b) is { } key)
                    _emit(new KeyEvent(key));
                break;
            case State.String:
                TakeString(b);
                break;
            case State.StringEscape:
                TakeStringEscape(b);
                break;
            default:
                if (_paste.Take(b) is { } paste)
                    Finish(paste);
                break;
        }
    }

    private void TakeGround(byte b)
    {
        if (b < 0x80 && _utf8.Abandon())
            Emit(Rune.ReplacementChar);
        switch (b)
        {
            case 0x1b:
                _state = State.Escape;
                break;
            case < 0x20 or 0x7f:
                EmitControl(b);
                break;
            default:
                if (_utf8.Take(b, Emit) is { } rune)
                    Emit(rune);
                break;
        }
    }

    private void TakeEscape(byte b)
    {
        _introducer = b;
        switch (b)
        {
            case (byte)'[':
                _state = State.Csi;
                break;
            case (byte)'O':
                _state = State.Ss3;
                break;
            case (byte)']' or (byte)'P' or (byte)'_' or (byte)'^' or (byte)'X':
                _state = State.String;
                break;
            case 0x1b:
                Emit(KeyCode.Escape);
                break;
            default:
                _state = State.Ground;
                _alt = true;
                TakeGround(b);
                break;
        }
    }

    private void TakeCsi(byte b)
    {
        switch (b)
        {
            case >= 0x40 and <= 0x7e:
                EndCsi(b);
                break;
            case 0x1b:
                Reset();
                _state = State.Escape;
                break;
            case 0x18 or 0x1a:
                Reset();
                break;
            default:
                if (b is >= 0x20 and < 0x40 && _sequence.Count < MaxSequence)
                    _sequence.Add(b);
                break;
        }
    }

    private void EndCsi(byte final)
    {
        if (_sequence.Count == 0 && final is ((byte)'[' or (byte)'M'))
        {
            _state = final == '[' ? State.LinuxFunctionKey : State.X10Mouse;
            return;
        }
        var sequence = CsiSequence.Read(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sequence), final);
        if (sequence is { Final: '~', Prefix: '\0' } && sequence.Parameter(0) == 200)
        {
            Reset();
            _state = State.Paste;
            return;
        }
        Finish(sequence.ToEvent());
    }

    private void TakeString(byte b)
    {
        switch (b)
        {
            case 0x07:
                EndString();
                break;
            case 0x1b:
                _state = State.StringEscape;
                break;
            case 0x18 or 0x1a:
                Reset();
                break;
            default:
                if (_sequence.Count < MaxSequence)
                    _sequence.Add(b);
                break;
        }
    }

    private void TakeStringEscape(byte b)
    {
        if (b == '\\')
        {
            EndString();
            return;
        }
        // Any other escape breaks the string off and begins anew.
        Reset();
        TakeEscape(b);
    }

    private void EndString()
    {
        var text = Encoding.ASCII.GetString([.. _sequence]);
        Finish(_introducer == ']' ? OscReply.Read(text) : null);
    }

    private void Finish(InputEvent? result)
    {
        Reset();
        if (result is not null)
            _emit(result);
    }

    private void Reset()
    {
        _state = State.Ground;
        _sequence.Clear();
        _alt = false;
    }

    private void EmitControl(byte b)
    {
        switch (b)
        {
            case 0x0d:
                Emit(KeyCode.Enter);
                break;
            case 0x09:
                Emit(KeyCode.Tab);
                break;
            case 0x08 or 0x7f:
                Emit(KeyCode.Backspace);
                break;
            default:
                var character = b == 0 ? ' ' : (char)(b < 0x1b ? b + 0x60 : b + 0x40);
                EmitKey(Key.Ctrl(character));
                break;
        }
    }

    private void Emit(KeyCode code) => EmitKey(code);

    private void Emit(Rune rune) => EmitKey(new Key(KeyCode.Char, rune));

    private void EmitKey(Key key)
    {
        if (_alt)
            key = key with { Modifiers = key.Modifiers | KeyModifiers.Alt };
        _alt = false;
        _emit(new KeyEvent(key));
    }
}
