using System.Text;
using Xunit;

namespace CcConsole.Ssh.Tests.Problems;

public sealed class PlainTests
{
    [Fact]
    public void Control_characters_and_overrides_become_visible() =>
        Assert.Equal("a␛[31mb␡\ufffd\ufffd c", Plain.Text("a\u001b[31mb\u007f\u009b\u202e\tc\r\n"));

    [Fact]
    public void The_last_line_that_is_not_blank_stands_for_the_text() =>
        Assert.Equal("why", Plain.Line("first\nwhy\n\n \n"u8));

    [Fact]
    public void A_hint_of_our_own_programs_is_not_what_happened() =>
        Assert.Equal("why", Plain.Line("why\n  next: do that\n"u8));

    [Fact]
    public void A_long_line_is_cut() =>
        Assert.Equal(301, Plain.Line(Encoding.UTF8.GetBytes(new string('x', 5000))).Length);

    [Fact]
    public void Bytes_that_are_no_text_become_the_replacement_character() =>
        Assert.Equal("\ufffd", Plain.Line([0xff]));
}
