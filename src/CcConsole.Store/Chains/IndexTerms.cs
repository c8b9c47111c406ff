using System.Globalization;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Search;

namespace CcConsole.Store.Chains;

/// <summary>
/// What an entry is found by in the index, and what a query asks of it. A term of the index is a word's start, or <c>=</c> with a letter and a
/// fact that filters ask for (<c>=ejob.finished</c>). What a query asks here holds for every entry that it means, and for
/// some others: <see cref="AuditMatch"/> decides.
/// </summary>
internal static class IndexTerms
{
    /// <summary>Characters of a word that are kept: enough to tell hashes from each other, and a quarter of what one takes.</summary>
    private const int WordLength = 16;

    /// <summary>Of a query with more words than this, the longest are looked up.</summary>
    private const int MostWords = 24;

    /// <summary>A start of fewer characters is not looked up: it would be most of the index.</summary>
    private const int ShortestStart = 2;

    private const char Event = 'e', Job = 'j', Actor = 'a', Exit = 'x';

    private const string Failed = "=f";

    /// <summary>The terms of an entry, with spaces between; gives the room that is needed, or the length.</summary>
    public static int Write(EntryWords entry, Span<char> terms)
    {
        int length = 0;
        for (int i = 0; i < entry.Count; i++)
        {
            ReadOnlySpan<char> word = Start(entry[i]);
            word.CopyTo(terms[length..]);
            length += word.Length;
            terms[length++] = ' ';
        }

        length += Add(Event, entry.Event, terms[length..]);
        length += Add(Job, entry.Job, terms[length..]);
        length += Add(Actor, entry.Actor, terms[length..]);
        if (entry.ExitCode is { } code)
        {
            length += Add(Exit, code.ToString(CultureInfo.InvariantCulture), terms[length..]);
            if (code != 0)
            {
                Failed.CopyTo(terms[length..]);
                length += Failed.Length;
            }
        }

        return length;
    }

    /// <summary>Room that <see cref="Write"/> needs at most.</summary>
    public static int Room(EntryWords entry) => (entry.Count * (WordLength + 1)) + 256;

    /// <summary>The query in FTS5's syntax (https://www.sqlite.org/fts5.html#full_text_query_syntax); null when it asks for nothing that the index knows.</summary>
    public static string? Match(AuditQuery query)
    {
        HashSet<string> all = [], none = [];
        foreach (SearchTerm term in query.Text.Terms)
        {
            for (int i = 0; i < term.Words.Count && !term.IsExcluded; i++)
            {
                string word = term.Words[i];
                bool isStart = term.IsPrefix && i == term.Words.Count - 1 && word.Length < WordLength;
                if (!isStart || word.Length >= ShortestStart)
                    all.Add($"\"{Start(word)}\"{(isStart ? "*" : "")}");
            }

            // A term that was cut stands for several words: only one that is whole rules an entry out.
            if (term is { IsExcluded: true, IsPrefix: false, Words: [{ Length: < WordLength } only] })
                none.Add($"\"{only}\"");
        }

        List<string> asked = [.. all.OrderByDescending(word => word.Length).Take(MostWords)];
        if (query.Event is not [.., '*'] and { } name)
            asked.Add(Fact(Event, name));
        else if (query.Event is [.. var start, '*'] && IsPlain(start))
            asked.Add($"(\"={Event}{start}\"* OR \"={Event}=\"*)"); // those that go by their digest may begin so too
        if (query.Job is { } job)
            asked.Add(Fact(Job, job));
        if (query.Actor is { } actor)
            asked.Add(Fact(Actor, actor));
        if (query.ExitCode is { } code)
            asked.Add(Fact(Exit, code.ToString(CultureInfo.InvariantCulture)));
        if (query.FailuresOnly)
            asked.Add($"\"{Failed}\"");
        return asked.Count == 0 ? null : $"({string.Join(" AND ", asked)}){string.Concat(none.Take(MostWords).Select(word => $" NOT {word}"))}";
    }

    private static ReadOnlySpan<char> Start(ReadOnlySpan<char> word) =>
        word.Length <= WordLength ? word : word[..(char.IsHighSurrogate(word[WordLength - 1]) ? WordLength - 1 : WordLength)];

    private static string Fact(char kind, string value)
    {
        Span<char> fact = stackalloc char[64];
        return $"\"{fact[..(Add(kind, value, fact) - 1)]}\"";
    }

    // A value that the tokenizer would cut, or that is long, goes by its digest.
    private static int Add(char kind, string value, Span<char> terms)
    {
        if (value.Length == 0)
            return 0;
        string text = IsPlain(value) ? value : "=" + Sha256.Hash(System.Text.Encoding.UTF8.GetBytes(value)).ToString()[..12];
        terms[0] = '=';
        terms[1] = kind;
        text.CopyTo(terms[2..]);
        terms[2 + text.Length] = ' ';
        return text.Length + 3;
    }

    private static bool IsPlain(string value)
    {
        foreach (char c in value)
        {
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-'))
                return false;
        }

        return value.Length is > 0 and <= 40;
    }
}
