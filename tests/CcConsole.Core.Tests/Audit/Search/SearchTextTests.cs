using CcConsole.Core.Audit.Search;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Search;

public sealed class SearchTextTests
{
    [Theory]
    [InlineData("backup", "backup")]
    [InlineData("  Backup   NIGHT ", "backup | night")]
    [InlineData("\"disk full\"", "disk full")]
    [InlineData("!noise", "not noise")]
    [InlineData("!\"disk full\" x", "not disk full | x")]
    [InlineData("back*", "back…")]
    [InlineData("\"disk fu\"*", "disk fu…")]
    [InlineData("!\"disk fu\"*", "not disk fu…")]
    [InlineData("/usr/local/bin/backup.sh", "usr local bin backup sh")]
    [InlineData("\"*/5 * * * *\"", "5")]
    [InlineData("job.finished", "job finished")]
    [InlineData("AND OR NOT NEAR(a, b) col:x ^y -z {w}", "and | or | not | near a | b | col x | y | z | w")]
    [InlineData("it's 'quoted'", "it s | quoted")]
    [InlineData("Müller", "muller")]
    [InlineData("", "")]
    public void What_is_written_is_read_as_words_that_must_or_must_not_occur(string text, string terms) =>
        Assert.Equal(terms, string.Join(" | ", SearchText.Parse(text).Terms.Select(term =>
            $"{(term.IsExcluded ? "not " : "")}{string.Join(' ', term.Words)}{(term.IsPrefix ? "…" : "")}")));

    [Theory]
    [InlineData("\"disk full", "character 1", "no end")]
    [InlineData("ok \"", "character 4", "no end")]
    [InlineData("*", "character 1", "end of a word's start")]
    [InlineData("*foo", "character 1", "end of a word's start")]
    [InlineData("a bin/*.sh", "character 7", "end of a word's start")]
    [InlineData("foo.*", "character 5", "follows no letter")]
    [InlineData("\"foo \"*", "character 7", "follows no letter")]
    [InlineData("!", "character 1", "nothing follows")]
    [InlineData("a ! b", "character 3", "nothing follows")]
    [InlineData("!!a", "character 2", "before a word")]
    [InlineData("a!", "character 2", "before a word")]
    [InlineData("a\"b\"", "character 2", "inside of a word")]
    [InlineData("\"a\"b", "character 4", "without a space")]
    [InlineData("\"\"", "character 1", "no letter and no digit")]
    [InlineData("a -- b", "character 3", "no letter and no digit")]
    public void A_mistake_is_told_with_its_place(string text, string place, string what)
    {
        ProblemException problem = Assert.Throws<ProblemException>(() => SearchText.Parse(text));
        Assert.Contains(place, problem.Message, StringComparison.Ordinal);
        Assert.Contains(what, problem.Message, StringComparison.Ordinal);
        Assert.NotEmpty(problem.Hint);
    }
}
