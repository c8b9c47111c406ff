using CcConsole.Tui.Widgets;
using Xunit;

namespace CcConsole.Tui.Tests.Widgets;

public sealed class FormTests
{
    private readonly TextField _name = new("Name");
    private readonly ChoiceField _mode = new("Mode", ["none", "strict", "net"]);
    private readonly CheckField _mail = new("Mail", "on failure");

    [Fact]
    public void Fields_are_filled_in_with_the_keyboard()
    {
        var form = new Form(_name, _mode, _mail);
        using var driver = WidgetDriver.Start(c => form.Draw(c), form.Handle);
        driver.Type("backup").Press("Tab", "Right", "Right", "Left", "Down", "Space", "Up", "Shift+Tab").Type("2");
        Assert.Equal("backup2", _name.Input.Text);
        Assert.Equal("strict", _mode.Value);
        Assert.True(_mail.Checked);
        Assert.Equal(["Name  backup2", "Mode  < strict >", "Mail  [x] on failure"], driver.Rows().Take(3));
    }

    [Fact]
    public void An_error_stands_under_its_field_with_a_mark()
    {
        _name.Error = "no such name";
        _mode.Note = "nothing is limited";
        var form = new Form(_name, _mode);
        using var driver = WidgetDriver.Start(c => form.Draw(c), form.Handle);
        Assert.Equal(["Name", "      ▲ no such name", "Mode  < none >", "      nothing is limited"], driver.Rows().Take(4));
    }

    [Fact]
    public void A_click_focuses_and_disabled_fields_are_passed_over()
    {
        _mode.Disabled = true;
        var form = new Form(_name, _mode, _mail);
        using var driver = WidgetDriver.Start(c => form.Draw(c), form.Handle);
        driver.Press("Tab");
        Assert.Same(_mail, form.Focused);
        driver.Click("< none");
        Assert.Same(_mail, form.Focused);
        driver.Click(8, 0);
        Assert.Same(_name, form.Focused);
    }

    [Fact]
    public void The_focused_field_stays_in_view()
    {
        var fields = Enumerable.Range(0, 20).Select(i => new TextField($"Field {i}")).ToArray();
        var form = new Form(fields);
        using var driver = WidgetDriver.Start(c => form.Draw(c), form.Handle, 40, 4);
        for (var i = 0; i < 19; i++)
            driver.Press("Tab");
        Assert.Equal("Field 19", driver.Rows()[3]);
        driver.Press("Tab");
        Assert.Equal("Field 0", driver.Rows()[0]);
    }
}
