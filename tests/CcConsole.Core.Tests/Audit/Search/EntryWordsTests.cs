using System.Text;
using CcConsole.Core.Audit.Search;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Search;

public sealed class EntryWordsTests
{
    private readonly EntryWords _entry = new();

    [Theory]
    [InlineData("""{"command": "/usr/local/bin/backup.sh --all"}""", "usr local bin backup sh all")]
    [InlineData("""{"command": "tar \"a\"\\n\n\t\u00fcber \u0394 \ud83d\ude00x"}""", "tar a n uber δ x")]
    [InlineData("""{"user": "M\u00fcller", "actor": "Mu\u0308ller"}""", "muller muller")]
    [InlineData("""{"note": "\u30d0\u30c3\u30af\u5b8c\u4e86 ok"}""", "バ ッ ク 完 了 ok")]
    [InlineData("""{"note": "\u043f\u043e\u0439\u0434\u0451\u043c \u041f\u041e\u0419"}""", "поидем пои")]
    [InlineData("""{"note": "half \ud83d here\udc00too"}""", "half here too")]
    [InlineData("""{"command_b64": "bHMg/y90bXA="}""", "ls tmp")]
    [InlineData("""{"command_b64": "not base64!"}""", "not base64")]
    [InlineData("""{"a": [1, {"b": "two", "prev_hash": "kept"}], "timed_out": true, "no": false, "nothing": null}""", "1 two kept timed out")]
    [InlineData("""{"chain": "c", "seq": 4, "timestamp": 5.5, "mono_us": 6, "v": 1, "prev_hash": "aa", "hash": "bb"}""", "bb")]
    [InlineData("""{"a\u202e\u200b": "so\u00adft gnp\u202e.exe"}""", "soft gnp exe")]
    [InlineData("""{"cut": "of""", "cut of")]
    public void An_entry_is_read_as_the_words_that_it_says(string line, string words)
    {
        _entry.Read(Encoding.UTF8.GetBytes(line));
        Assert.Equal(words, string.Join(' ', Enumerable.Range(0, _entry.Count).Select(i => _entry[i].ToString())));
    }

    [Fact]
    public void The_facts_that_filters_ask_for_are_those_of_the_entry_itself()
    {
        _entry.Read("""{"actor": "ada", "event": "job.finished", "exit_code": -1, "job_id": "nightly\u0021", "more": {"event": "x", "job_id": "y", "user": "z"}, "timestamp": 1795190201.619942, "user": "root"}"""u8);
        Assert.Equal(("ada", "job.finished", -1L, "nightly!", 1795190201619942L), (_entry.Actor, _entry.Event, _entry.ExitCode, _entry.Job, _entry.Micros));
        _entry.Read("""{"event": 4, "exit_code": "1", "timestamp": "now", "user": "root"}"""u8);
        Assert.Equal(("root", "4", null, "", null), (_entry.Actor, _entry.Event, _entry.ExitCode, _entry.Job, _entry.Micros));
    }

    [Theory]
    [InlineData("backup", true)]
    [InlineData("back", false)]
    [InlineData("back*", true)]
    [InlineData("BIN/BACKUP", true)]
    [InlineData("\"bin sh\"", false)]
    [InlineData("\"sh root\"", false)]
    [InlineData("sh root", true)]
    [InlineData("usr/local/bin/back*", true)]
    [InlineData("!backup", false)]
    [InlineData("!nightly root", true)]
    [InlineData("9F3a*", true)]
    public void Words_side_by_side_lie_in_one_text(string text, bool found)
    {
        _entry.Read("""{"command": "/usr/local/bin/backup.sh", "user": "root", "hash": "9f3a00"}"""u8);
        Assert.Equal(found, _entry.Matches(SearchText.Parse(text)));
    }
}
