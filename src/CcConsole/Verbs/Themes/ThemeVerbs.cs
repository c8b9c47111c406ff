using System.CommandLine;
using System.Globalization;
using CcConsole.Composition;
using CcConsole.Core;
using CcConsole.Screens;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Theming;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Themes;

/// <summary><c>theme list|show|check</c>.</summary>
internal static class ThemeVerbs
{
    private static readonly Argument<string> Name = new("NAME") { Description = "A theme's name" };
    private static readonly Argument<string> File = new("FILE") { Description = "A theme's JSON file" };

    public static Command Create() => Verb.Group(
        "theme", "The screens' colours",
        Verb.Create("list", "List the themes, the built-in ones and your own", "cc-console theme list", ListAsync),
        Verb.Create("show", "Print a theme's scopes with their contrast", "cc-console theme show nord", ShowAsync, Name),
        Verb.Create("check", "Check a theme's file: exit 1 for an unknown scope, or contrast under 4.5:1", "cc-console theme check mine.json", CheckAsync, File));

    private static Task<int> ListAsync(VerbContext context)
    {
        ThemeLibrary library = Load(context);
        if (context.Json)
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartArray();
                foreach (string name in library.Names) json.WriteStringValue(name);
                json.WriteEndArray();
            });
        }
        else
        {
            foreach (string name in library.Names) context.Output.WriteLine(Plain.Text(name));
        }
        return Task.FromResult(Verb.Good);
    }

    private static Task<int> ShowAsync(VerbContext context)
    {
        Theme theme = Resolve(Load(context), context.Get(Name));
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("name", theme.Name);
                json.WriteString("kind", theme.Kind.ToString().ToLowerInvariant());
                json.WriteStartObject("contrast");
                foreach (string scope in Theme.KnownScopes)
                {
                    if (theme.ContrastOf(scope) is { } ratio) json.WriteNumber(scope, Math.Round(ratio, 2));
                    else json.WriteNull(scope);
                }
                json.WriteEndObject();
            });
            return Task.FromResult(Verb.Good);
        }
        var table = new TextTable("SCOPE", "CONTRAST");
        foreach (string scope in Theme.KnownScopes) table.Add(scope, theme.ContrastOf(scope)?.ToString("0.0", CultureInfo.InvariantCulture) ?? "the terminal's own colours");
        table.WriteTo(context.Output);
        return Task.FromResult(Verb.Good);
    }

    private static Task<int> CheckAsync(VerbContext context)
    {
        string path = context.Get(File);
        ThemeLibrary library = Load(context);
        List<string> findings = [];
        try
        {
            using FileStream json = System.IO.File.OpenRead(path);
            ThemeDefinition definition = library.Add(json, path);
            foreach ((string scope, ScopeStyle style) in definition.Styles)
            {
                if (!Theme.KnownScopes.Contains(scope) && !Theme.KnownScopes.Any(known => known.StartsWith($"{scope}.", StringComparison.Ordinal)))
                    findings.Add($"{path}:{style.Line}: no screen uses the scope \"{scope}\"");
            }
            Theme theme = Resolve(library, definition.Name);
            findings.AddRange(Theme.KnownScopes.Where(scope => theme.ContrastOf(scope) < Contrast.Least).Select(scope =>
                string.Create(CultureInfo.InvariantCulture, $"{path}: the contrast of {scope} is {theme.ContrastOf(scope):0.0}, under {Contrast.Least}")));
        }
        catch (ThemeFormatException broken)
        {
            findings.Add(broken.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{path} cannot be read: {e.Message}", "name a theme's JSON file", e);
        }

        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("file", path);
                json.WriteStartArray("findings");
                foreach (string finding in findings) json.WriteStringValue(finding);
                json.WriteEndArray();
            });
        }
        else
        {
            foreach (string finding in findings) context.Output.WriteLine(Plain.Text(finding));
        }
        return Task.FromResult(findings.Count == 0 ? Verb.Good : Verb.Findings);
    }

    private static ThemeLibrary Load(VerbContext context)
    {
        ThemeLibrary library = ThemeFiles.Load(Places.From(Environment.GetEnvironmentVariable).Themes, out string? broken);
        if (broken is not null) context.Error.WriteLine($"cc-console: {Plain.Text(broken)}: the theme is left out");
        return library;
    }

    private static Theme Resolve(ThemeLibrary library, string name)
    {
        try
        {
            return library.Resolve(name, new StyleTable(), ColorDepth.TrueColor);
        }
        catch (ThemeFormatException broken)
        {
            throw new ProblemException(broken.Message, "cc-console theme list shows the names; a file is checked by cc-console theme check FILE", broken);
        }
    }
}
