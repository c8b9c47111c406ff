using System.Collections;
using CcConsole.Tui.Widgets;
using Xunit;

namespace CcConsole.Tui.Tests.Widgets;

/// <summary>A table over a million rows looks only at those in view.</summary>
public sealed class RowSourceTests
{
    private const int Million = 1_000_000;

    private readonly Numbers _numbers = new(Million);
    private readonly TableView<string> _table = new([new("Number", text => text) { Width = 10 }], text => text);

    [Fact]
    public void Only_rows_in_view_are_read_wherever_one_goes()
    {
        _table.Rows = _numbers;
        using var driver = WidgetDriver.Start(canvas => _table.Draw(canvas), _table.Handle, 20, 10);
        driver.Press("G");
        Assert.Contains("999999", driver.Text, StringComparison.Ordinal);
        driver.Press("g").Press("PgDn");
        Assert.True(_table.SelectKey("500000"));
        driver.Press("Down");
        Assert.Equal("500001", _table.Selected);
        Assert.True(_table.SelectKey("100", centred: true));
        driver.Press("Left");
        Assert.Contains("98", driver.Text, StringComparison.Ordinal);
        Assert.Contains("102", driver.Text, StringComparison.Ordinal);
        Assert.InRange(_numbers.Reads, 1, 300);
    }

    [Fact]
    public void A_range_of_many_is_marked_by_keys_and_new_rows_keep_the_place()
    {
        _table.Rows = _numbers;
        using var driver = WidgetDriver.Start(canvas => _table.Draw(canvas), _table.Handle, 20, 10);
        driver.Press("Space");
        Assert.True(_table.SelectKey("4000"));
        _table.MarkRange();
        Assert.Equal(4001, _table.Marked.Count);
        Assert.InRange(_numbers.Reads, 1, 100);
        _table.Rows = new Numbers(3000);
        Assert.Equal(3000, _table.Marked.Count);
        Assert.Equal(3000, _table.Chosen.Count);
        Assert.Equal("2999", _table.Chosen[^1]);
    }

    private sealed class Numbers(int count) : IRowSource<string>
    {
        public int Reads { get; private set; }

        public int Count => count;

        public string this[int index]
        {
            get
            {
                Reads++;
                return (string)KeyAt(index);
            }
        }

        public int IndexOf(object key) => int.Parse((string)key, System.Globalization.CultureInfo.InvariantCulture) is var i && i < count ? i : -1;

        public object KeyAt(int index) => index.ToString(System.Globalization.CultureInfo.InvariantCulture);

        public IEnumerator<string> GetEnumerator() => throw new InvalidOperationException("all rows were asked for");

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
