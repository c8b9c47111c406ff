using CcConsole.Verbs;
using Xunit;

namespace CcConsole.Tests.Verbs;

public sealed class PlainTests
{
    [Fact]
    public void A_line_shows_every_control_and_override_as_a_mark() =>
        Assert.Equal("a␛[31mb␉c␊⇠d", Plain.Text("a\u001b[31mb\tc\n\u202ed"));

    [Fact]
    public void Lines_keep_their_breaks_and_tabs_and_nothing_else() =>
        Assert.Equal("a\tb\n␛c\n\nd", Plain.Lines("a\tb\n\u001bc\n\nd"));

    [Fact]
    public void Text_without_such_characters_stays_itself() =>
        Assert.Equal("日本語 – é 👩‍👧 it's 50%", Plain.Lines("日本語 – é 👩‍👧 it's 50%"));
}
