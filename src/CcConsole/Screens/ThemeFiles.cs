using System.Reflection;
using CcConsole.Tui.Theming;

namespace CcConsole.Screens;

/// <summary>The themes inside the binary, and those in the person's folder, which replace built-in ones of the same name.</summary>
internal static class ThemeFiles
{
    private const string Prefix = "themes/";

    /// <summary>Reads all themes.</summary>
    /// <param name="directory">The person's folder; need not exist.</param>
    /// <param name="broken">What is wrong with a file that was left out, with its line; null when all could be read.</param>
    public static ThemeLibrary Load(string directory, out string? broken)
    {
        broken = null;
        var library = new ThemeLibrary();
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var json = assembly.GetManifestResourceStream(name)!;
            library.Add(json, name);
        }
        foreach (var file in Directory.Exists(directory) ? Directory.GetFiles(directory, "*.json") : [])
        {
            try
            {
                using var json = File.OpenRead(file);
                library.Add(json, file);
            }
            catch (Exception e) when (e is ThemeFormatException or IOException or UnauthorizedAccessException)
            {
                broken = e.Message;
            }
        }
        return library;
    }
}
