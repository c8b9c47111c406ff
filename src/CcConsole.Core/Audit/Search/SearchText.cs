namespace CcConsole.Core.Audit.Search;

/// <summary>
/// What a person looks for in the texts of entries: words, all of which must occur; <c>"words side by side"</c>; <c>!word</c> or
/// <c>!"words"</c>, which must not; <c>start*</c>. Nothing else has a meaning: a path or a hash is words side by side.
/// </summary>
public sealed class SearchText
{
    private SearchText(string text, List<SearchTerm> terms) => (Text, Terms) = (text, terms);

    /// <summary>Matches everything.</summary>
    public static SearchText Empty { get; } = new("", []);

    /// <summary>As it was given.</summary>
    public string Text { get; }

    /// <summary>The conditions, all of which must hold.</summary>
    public IReadOnlyList<SearchTerm> Terms { get; }

    /// <summary>Reads what a person wrote.</summary>
    /// <exception cref="ProblemException">A quote without its end, a star or an exclamation mark at a place where it means nothing, a part without a letter or digit.</exception>
    public static SearchText Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<SearchTerm> terms = [];
        for (int at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
                at++;
            else
                terms.Add(Term(text, ref at));
        }

        return new SearchText(text, terms);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static SearchTerm Term(string text, ref int at)
    {
        int start = at;
        bool excluded = text[at] == '!';
        if (excluded && (++at == text.Length || char.IsWhiteSpace(text[at])))
            throw Mistake(text, start, "nothing follows the !", "Write the word that must not occur right after it, or leave it out.");

        bool prefix = false;
        ReadOnlySpan<char> part;
        if (text[at] == '"')
        {
            int end = text.IndexOf('"', at + 1);
            if (end < 0)
                throw Mistake(text, at, "the quote that begins here has no end", "Add a \" at its end.");
            part = text.AsSpan(at + 1, end - at - 1);
            at = end + 1;
            if (at < text.Length && text[at] == '*')
            {
                prefix = true;
                at++;
            }

            if (at < text.Length && !char.IsWhiteSpace(text[at]))
                throw Mistake(text, at, "something follows a quote without a space", "Put a space between the two.");
        }
        else
        {
            int end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
                end++;
            part = text.AsSpan(at, end - at);
            int odd = part.IndexOfAny('"', '*', '!');
            prefix = odd == part.Length - 1 && odd > 0 && part[odd] == '*';
            if (odd >= 0 && !prefix)
            {
                throw Mistake(text, at + odd, part[odd] switch
                {
                    '*' => "a * stands only at the end of a word's start",
                    '"' => "a quote begins inside of a word",
                    _ => "a ! stands only before a word",
                }, "To look for the words around it as they stand side by side, put them in quotes: \"/bin/*.sh\".");
            }

            part = prefix ? part[..^1] : part;
            at = end;
        }

        List<string> words = Words(part, out int last);
        if (words.Count == 0)
            throw Mistake(text, start, "there is no letter and no digit to look for here", "Only words, with their letters and digits, are found.");
        return prefix && last != part.Length
            ? throw Mistake(text, at - 1, "the * follows no letter and no digit", "Write it right after the start of a word.")
            : new SearchTerm(words, prefix, excluded);
    }

    private static List<string> Words(ReadOnlySpan<char> text, out int last)
    {
        List<string> words = [];
        char[] word = new char[text.Length];
        WordBreaker breaker = new(text);
        for (int length; (length = breaker.Next(word)) > 0;)
            words.Add(new string(word, 0, length));
        last = breaker.End;
        return words;
    }

    // The place is told as a person counts, and by what stands there.
    private static ProblemException Mistake(string text, int at, string what, string hint)
    {
        string rest = text[at..];
        return new ProblemException($"The search text is not understood at character {at + 1} ({(rest.Length > 20 ? rest[..20] + "…" : rest)}): {what}", hint);
    }
}
