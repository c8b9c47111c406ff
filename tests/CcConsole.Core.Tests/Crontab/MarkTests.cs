using System.Text;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public sealed class MarkTests
{
    [Theory]
    [InlineData("#cc: name=Nightly backup", "Nightly backup", "")]
    [InlineData("#cc: name=a tags=b", "a tags=b", "")]
    [InlineData("#cc: name=name=x", "name=x", "")]
    [InlineData("#cc: name=x \r", "x", "")]
    [InlineData("#cc: tags=db,nightly name=Nightly backup", "Nightly backup", "db nightly")]
    [InlineData("#cc: tags=db", null, "db")]
    [InlineData("#cc: owner=ops tags=db", null, "db")]
    [InlineData("#cc: name=", null, "")]
    [InlineData("#cc: just words", null, "")]
    [InlineData("#cc:name=x", null, "")]
    [InlineData("# cc: name=x", null, "")]
    public void A_name_goes_to_the_end_of_its_line_and_tags_stand_before_it(string line, string? name, string tags)
    {
        var entry = Parse($"{line}\n@daily x\n").Entries.Single();
        Assert.Equal(name, entry.Name);
        Assert.Equal(tags, string.Join(' ', entry.Tags));
    }

    [Fact]
    public void Any_name_and_any_tags_come_back_as_they_were_given()
    {
        var random = new Random(5);
        string[] pieces = ["name=", "tags=", "#cc: ", "a", " ", "=", ",", "ü", "日本", "🙂", "\"", "'", "%", "\\", "#", "~"];
        for (var i = 0; i < 20_000; i++)
        {
            string Word(int most) => string.Concat(Enumerable.Range(0, random.Next(most)).Select(_ => pieces[random.Next(pieces.Length)]));
            var name = Word(8);
            string[] tags = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Word(4).Replace(" ", "").Replace(",", "")).Where(tag => tag.Length > 0)];
            var document = Parse("# a\n@daily x\n@hourly y\n");
            var after = document.Mark(document.Entries.First(), name, tags);
            var entry = after.Entries.First();
            Assert.Equal(string.IsNullOrWhiteSpace(name) ? null : name.Trim(), entry.Name);
            Assert.Equal(tags, entry.Tags);
            Assert.Equal(document.ToBytes(), after.Mark(entry, null, []).ToBytes());
        }
    }

    [Fact]
    public void Keys_of_other_versions_and_what_was_not_changed_stay()
    {
        var bytes = Encoding.Latin1.GetBytes("#cc: owner=ops tags=a since=2020 name=caf\u00e9\r\n@daily x\n");
        var document = CrontabDocument.Parse(bytes);
        var retagged = document.Retag(document.Entries.Single(), ["b", "c"]);
        Assert.Equal("#cc: tags=b,c owner=ops since=2020 name=caf\u00e9\r\n@daily x\n", Encoding.Latin1.GetString(retagged.Bytes));
        var renamed = retagged.Rename(retagged.Entries.Single(), null);
        Assert.Equal("#cc: tags=b,c owner=ops since=2020\r\n@daily x\n", Encoding.Latin1.GetString(renamed.Bytes));
        Assert.Equal("#cc: owner=ops since=2020\r\n@daily x\n", Encoding.Latin1.GetString(renamed.Retag(renamed.Entries.Single(), []).Bytes));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("")]
    [InlineData("a\u001bb")]
    [InlineData("a\u00a0b")]
    public void A_tag_is_one_word(string tag)
    {
        var document = Parse("@daily x\n");
        Assert.Throws<ProblemException>(() => document.Retag(document.Entries.Single(), [tag]));
    }

    [Fact]
    public void A_name_that_is_no_text_is_refused()
    {
        var document = Parse("@daily x\n");
        Assert.Throws<ProblemException>(() => document.Rename(document.Entries.Single(), "a\ud800"));
    }

    private static CrontabDocument Parse(string table) => CrontabDocument.Parse(Encoding.UTF8.GetBytes(table));
}
