using System.Text;

namespace CcConsole.Core.Jobs;

/// <summary>The identity of a job in reports and verbs: 1 to 64 of A-Z, a-z, 0-9, dot, underscore and hyphen, beginning with a letter or digit.</summary>
public static class JobId
{
    private const int MaxLength = 64;
    private const int MaxSlug = 40;

    /// <summary>Whether a text can be a job's id.</summary>
    public static bool IsValid(ReadOnlySpan<char> id)
    {
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return id.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(id[0]);
    }

    /// <summary>A new id: the words of a name (or a command), and random bytes that make it one of its kind.</summary>
    /// <param name="name">What a person would recognise; may be empty.</param>
    /// <param name="random">At least 3 random bytes.</param>
    public static string Create(string name, ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(random.Length, 3);
        var slug = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(char.ToLowerInvariant(c));
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }

            if (slug.Length == MaxSlug)
            {
                break;
            }
        }

        var words = slug.ToString().Trim('-');
        return $"{(words.Length == 0 ? "job" : words)}-{Convert.ToHexStringLower(random[..Math.Min(random.Length, 8)])}";
    }
}
