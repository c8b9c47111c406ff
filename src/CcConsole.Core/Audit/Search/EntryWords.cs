using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CcConsole.Core.Audit.Search;

/// <summary>
/// What one entry says, as a search sees it: its words, and the facts that filters ask for. Read anew for each entry, into the same memory.
/// </summary>
/// <remarks>
/// The words are those of all texts and numbers but for what its writer adds to each entry (<c>v chain seq timestamp mono_us prev_hash</c>; the
/// entry's own hash counts), and the names of flags that are true.
/// </remarks>
public sealed class EntryWords
{
    private char[] _read = new char[4096];
    private char[] _words = new char[4096];
    private readonly List<Span> _spans = [];
    private int _length;
    private int _actorRank;

    /// <summary>When, in microseconds since 1970; null when the entry does not say.</summary>
    public long? Micros { get; private set; }

    /// <summary>The event; empty when it names none.</summary>
    public string Event { get; private set; } = "";

    /// <summary>The job's id; empty when it names none.</summary>
    public string Job { get; private set; } = "";

    /// <summary>The exit code; null when it names none.</summary>
    public long? ExitCode { get; private set; }

    /// <summary>Who: the actor of a change, else the user of a run; empty when it names none.</summary>
    public string Actor { get; private set; } = "";

    /// <summary>How many words there are.</summary>
    public int Count => _spans.Count;

    /// <summary>One word, folded.</summary>
    public ReadOnlySpan<char> this[int index] => _words.AsSpan(_spans[index].Start, _spans[index].Length);

    /// <summary>Reads an entry. Of a line that is no JSON, all words count, and no fact is known.</summary>
    public void Read(ReadOnlySpan<byte> line)
    {
        Clear();
        EntryReader reader = new(line, _read);
        try
        {
            for (int value = 0; reader.Read(); value++)
            {
                if (reader.IsWhole)
                    Note(reader);
                if (reader.Type == JsonTokenType.True)
                    Add(Encoding.UTF8.GetString(reader.Name), value);
                else if (!IsWriters(reader.Member))
                    Add(reader.Text, value);
            }
        }
        catch (JsonException)
        {
            Clear();
            Add(Encoding.UTF8.GetString(line), 0);
        }

        _read = reader.Room;
    }

    /// <summary>Whether words stand side by side in one of the entry's texts.</summary>
    public bool Has(SearchTerm term)
    {
        ArgumentNullException.ThrowIfNull(term);
        IReadOnlyList<string> words = term.Words;
        for (int first = 0; first <= _spans.Count - words.Count; first++)
        {
            if (_spans[first].Value == _spans[first + words.Count - 1].Value && HasAt(first, term))
                return true;
        }

        return false;
    }

    /// <summary>Whether all conditions of a search text hold.</summary>
    public bool Matches(SearchText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (SearchTerm term in text.Terms)
        {
            if (Has(term) == term.IsExcluded)
                return false;
        }

        return true;
    }

    private bool HasAt(int first, SearchTerm term)
    {
        int last = term.Words.Count - 1;
        for (int i = 0; i < last; i++)
        {
            if (!this[first + i].SequenceEqual(term.Words[i]))
                return false;
        }

        return term.IsPrefix ? this[first + last].StartsWith(term.Words[last]) : this[first + last].SequenceEqual(term.Words[last]);
    }

    private void Clear()
    {
        _spans.Clear();
        _length = 0;
        (Micros, Event, Job, ExitCode, Actor, _actorRank) = (null, "", "", null, "", int.MaxValue);
    }

    private void Note(in EntryReader reader)
    {
        ReadOnlySpan<byte> name = reader.Member;
        bool text = reader.Type == JsonTokenType.String;
        if (name.SequenceEqual("timestamp"u8))
        {
            Micros = reader.Type == JsonTokenType.Number && double.TryParse(reader.Text, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and < 253_402_300_799
                ? (long)Math.Round(seconds * 1_000_000) : null;
        }
        else if (name.SequenceEqual("event"u8))
        {
            Event = Known(reader);
        }
        else if (name.SequenceEqual("job_id"u8))
        {
            Job = reader.Text.ToString();
        }
        else if (name.SequenceEqual("exit_code"u8))
        {
            ExitCode = !text && long.TryParse(reader.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long code) ? code : null;
        }
        else if (ActorRank(name) is var rank && rank < _actorRank)
        {
            (Actor, _actorRank) = (reader.Text.ToString(), rank);
        }
    }

    // The same order in which a row names its actor.
    private static int ActorRank(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("actor"u8) ? 0 : name.SequenceEqual("user"u8) ? 1 : name.SequenceEqual("executing_user"u8) ? 2 : int.MaxValue;

    // Most entries are one of these: no text is made for each.
    private static string Known(in EntryReader reader) => reader.Text switch
    {
        AuditEvents.JobFinished => AuditEvents.JobFinished,
        AuditEvents.JobStarted => AuditEvents.JobStarted,
        var other => other.ToString(),
    };

    private static bool IsWriters(ReadOnlySpan<byte> member) =>
        member.SequenceEqual("prev_hash"u8) || member.SequenceEqual("timestamp"u8) || member.SequenceEqual("mono_us"u8)
        || member.SequenceEqual("seq"u8) || member.SequenceEqual("chain"u8) || member.SequenceEqual("v"u8);

    private void Add(ReadOnlySpan<char> text, int value)
    {
        if (_words.Length - _length < text.Length)
            Array.Resize(ref _words, Math.Max(_words.Length * 2, _length + text.Length));
        WordBreaker breaker = new(text);
        for (int length; (length = breaker.Next(_words.AsSpan(_length))) > 0; _length += length)
            _spans.Add(new Span(_length, length, value));
    }

    private readonly record struct Span(int Start, int Length, int Value);
}
