using System.Text;
using CcConsole.Tui.Input;
using CcConsole.Tui.Testing;
using Xunit;

namespace CcConsole.Tui.Tests.Input;

public sealed class InputParserTests
{
    /// <summary>Something of everything that a terminal sends.</summary>
    private const string Everything =
        "aé漢🙂\r\t\x7f\x01\e[A\e[1;5C\eOP\e[15~\e[3;2~\e[Z\e[<0;10;5M\e[<0;10;5m\e[<64;1;1M\e[<35;4;4M\e[I\e[O"
        + "\e[200~rm -rf /\r\nq\e[Aq\e[20x\e\e[201~\e[?2026;2$y\e[?1u\e]11;rgb:1e1e/20ff/ff00\e\\\e]11;rgb:00/80/ff\a\e[?62;4;22c"
        + "\e[97;5u\e[103:71;2u\e[97;1:3u\e[27;5;13~\e[[A\eOM\ex\eé\e\e[B\e[99;99;99z\e[?999h\eP1$r0m\e\\\e_Gfoo\e\\q\e[M !!\0\x1f";

    [Fact]
    public void The_same_bytes_give_the_same_events_however_they_are_split()
    {
        var bytes = Encoding.UTF8.GetBytes(Everything);
        var whole = Parse(bytes);
        Assert.True(whole.Count > 35, $"{whole.Count}");
        Assert.Equal(whole, Parse([.. bytes.Select(b => (byte[])[b])]));
        for (var cut = 1; cut < bytes.Length; cut++)
            Assert.Equal(whole, Parse(bytes[..cut], bytes[cut..]));
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var cuts = Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(bytes.Length)).Append(0).Append(bytes.Length).Order().ToArray();
            Assert.Equal(whole, Parse([.. cuts.Zip(cuts.Skip(1)).Select(c => bytes[c.First..c.Second])]));
        }
    }

    [Fact]
    public void Random_bytes_too_give_the_same_events_however_they_are_split()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var bytes = new byte[random.Next(1, 60)];
            random.NextBytes(bytes);
            for (var i = 0; i < bytes.Length; i += 4)
                bytes[i] = "\e[<;M~O]\\20"u8[random.Next(11)];
            var cut = random.Next(bytes.Length);
            Assert.Equal(Parse(bytes), Parse(bytes[..cut], bytes[cut..]));
        }
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("G", "G")]
    [InlineData("\r", "Enter")]
    [InlineData("\t", "Tab")]
    [InlineData("\e[Z", "Shift+Tab")]
    [InlineData("\x7f", "Backspace")]
    [InlineData("\x08", "Backspace")]
    [InlineData("\x13", "Ctrl+S")]
    [InlineData("\0", "Ctrl+Space")]
    [InlineData("\x1c", "Ctrl+\\")]
    [InlineData("\e[A", "Up")]
    [InlineData("\eOA", "Up")]
    [InlineData("\e[1;5D", "Ctrl+Left")]
    [InlineData("\e[1;2A", "Shift+Up")]
    [InlineData("\e[5~", "PgUp")]
    [InlineData("\e[3;5~", "Ctrl+Del")]
    [InlineData("\eOP", "F1")]
    [InlineData("\e[[A", "F1")]
    [InlineData("\e[11~", "F1")]
    [InlineData("\e[1;5P", "Ctrl+F1")]
    [InlineData("\e[17~", "F6")]
    [InlineData("\e[24~", "F12")]
    [InlineData("\e[27u", "Esc")]
    [InlineData("\e[13;2u", "Shift+Enter")]
    [InlineData("\e[103:71;2u", "G")]
    [InlineData("\e[27;5;105~", "Ctrl+I")]
    [InlineData("\ex", "Alt+X")]
    [InlineData("\e\r", "Alt+Enter")]
    [InlineData("\eOM", "Enter")]
    [InlineData("\eOw", "7")]
    [InlineData("\e[57406u", "7")]
    [InlineData("\e[57419;5u", "Ctrl+Up")]
    [InlineData("\e[99;5u", "Ctrl+C")]
    [InlineData("\e[99;69u", "Ctrl+C")]
    public void A_key_is_read(string bytes, string key) =>
        Assert.Equal([new KeyEvent(Key.Parse(key))], Parse(Encoding.UTF8.GetBytes(bytes)));

    [Fact]
    public void Every_key_that_the_test_driver_sends_is_read_as_itself()
    {
        var modifiers = Enumerable.Range(0, 8).Select(m => (KeyModifiers)m);
        foreach (var code in Enum.GetValues<KeyCode>().Where(c => c is not (KeyCode.None or KeyCode.Char)))
        {
            foreach (var modifier in modifiers)
            {
                var key = new Key(code, default, modifier);
                var events = new List<InputEvent>();
                var parser = new InputParser(events.Add);
                parser.Feed(KeyBytes.Of(key));
                parser.Flush();
                Assert.Equal([new KeyEvent(key)], events);
                Assert.Equal(key, Key.Parse(key.ToString()));
            }
        }
    }

    [Fact]
    public void A_paste_is_one_event_and_fires_no_key()
    {
        var events = Parse("\e[200~q\r\nrm -rf /\e[A\x03\e[201~"u8.ToArray());
        Assert.Equal([new PasteEvent("q\nrm -rf /\e[A\x03")], events);
    }

    [Fact]
    public void A_paste_beyond_the_limit_is_cut_and_says_so()
    {
        var bytes = new byte[InputParser.MaxPaste + 100];
        bytes.AsSpan().Fill((byte)'q');
        var events = Parse("\e[200~"u8.ToArray(), bytes, "\e[201~x"u8.ToArray());
        var paste = Assert.IsType<PasteEvent>(events[0]);
        Assert.True(paste.Truncated);
        Assert.Equal(InputParser.MaxPaste, paste.Text.Length);
        Assert.Equal([new KeyEvent('x')], events.Skip(1));
    }

    [Fact]
    public void A_lone_escape_is_the_key_after_50_ms()
    {
        var events = new List<InputEvent>();
        var parser = new InputParser(events.Add);
        parser.Feed("\e"u8);
        Assert.Empty(events);
        Assert.Equal(TimeSpan.FromMilliseconds(50), parser.Patience);
        parser.Flush();
        Assert.Equal([new KeyEvent(KeyCode.Escape)], events);
        Assert.Null(parser.Patience);
    }

    [Fact]
    public void Escape_with_one_character_is_alt_after_50_ms()
    {
        var events = new List<InputEvent>();
        var parser = new InputParser(events.Add);
        foreach (var c in (char[])['[', 'O', ']', 'P'])
        {
            parser.Feed([0x1b, (byte)c]);
            Assert.Equal(TimeSpan.FromMilliseconds(50), parser.Patience);
            parser.Flush();
        }
        Assert.Equal([new KeyEvent(Key.Alt('[')), new KeyEvent(Key.Alt('O')), new KeyEvent(Key.Alt(']')), new KeyEvent(Key.Alt('P'))], events);
    }

    [Fact]
    public void A_sequence_that_stalls_gets_a_second_and_then_fires_nothing()
    {
        var events = new List<InputEvent>();
        var parser = new InputParser(events.Add);
        parser.Feed("\e]11;rgb:de"u8);
        Assert.Equal(TimeSpan.FromSeconds(1), parser.Patience);
        parser.Flush();
        parser.Feed("\e[1;"u8);
        Assert.Equal(TimeSpan.FromSeconds(1), parser.Patience);
        parser.Flush();
        Assert.Empty(events);
    }

    [Fact]
    public void Mouse_reports_are_read()
    {
        var events = Parse("\e[<0;10;5M\e[<2;1;1m\e[<32;3;4M\e[<65;3;4M\e[<16;1;1M\e[<66;1;1M"u8.ToArray());
        Assert.Equal(
            [
                new MouseEvent(MouseAction.Press, 9, 4),
                new MouseEvent(MouseAction.Release, 0, 0, 2),
                new MouseEvent(MouseAction.Drag, 2, 3),
                new MouseEvent(MouseAction.WheelDown, 2, 3),
                new MouseEvent(MouseAction.Press, 0, 0, 0, KeyModifiers.Ctrl),
            ],
            events);
    }

    [Fact]
    public void Answers_of_the_terminal_are_read_and_are_no_keys()
    {
        var events = Parse("\e[?2026;2$y\e[?0u\e]11;rgb:ffff/8080/0000\e\\\e[?62;22c"u8.ToArray());
        Assert.Equal(
            [
                new ReplyEvent(ReplyKind.Mode, [2026, 2]),
                new ReplyEvent(ReplyKind.KeyboardFlags, [0]),
                new ReplyEvent(ReplyKind.Background, [255, 128, 0]),
                new ReplyEvent(ReplyKind.DeviceAttributes, [62, 22]),
            ],
            events);
    }

    [Fact]
    public void Ill_formed_utf8_becomes_replacement_characters_and_swallows_no_key()
    {
        var events = Parse([0xE2, 0x82, (byte)'q', 0xFF, (byte)'x']);
        Assert.Equal("\uFFFDq\uFFFDx", string.Concat(events.Select(e => ((KeyEvent)e).Key.Rune.ToString())));
    }

    private static List<InputEvent> Parse(params byte[][] chunks)
    {
        var events = new List<InputEvent>();
        var parser = new InputParser(events.Add);
        foreach (var chunk in chunks)
            parser.Feed(chunk);
        return events;
    }
}
