namespace CcConsole.Screens;

/// <summary>What is said of a host where its name stands already.</summary>
internal static class HostText
{
    /// <summary>A text without the host's name before it: <c>web01: no agent</c>, or <c>web01 refuses the connection</c>.</summary>
    public static string Without(string host, string text) => Without([host], text);

    /// <summary>A text without any of some names before it, the first that fits.</summary>
    public static string Without(ReadOnlySpan<string> names, string text)
    {
        foreach (var name in names)
        {
            if (text.StartsWith(name, StringComparison.Ordinal) && text.Length > name.Length && text[name.Length] is ' ' or ':')
                return text[name.Length..].TrimStart(':', ' ');
        }
        return text;
    }

    /// <summary>A text with the host's name before it, unless it begins with it already.</summary>
    public static string With(string host, string text) => Without(host, text) == text ? $"{host}: {text}" : text;
}
