using System.Globalization;
using System.Text;

namespace CcConsole.Commands;

/// <summary>The keys as a Markdown table: the README holds it, and a test compares.</summary>
internal static class CommandTable
{
    /// <summary>One table over all areas; lines end with a line feed.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder("| where | key | does |\n|---|---|---|\n");
        foreach (var command in CommandRegistry.All)
        {
            var keys = command.Keys.Count == 0 ? $":{command.Id}" : string.Join(' ', command.Keys.Select(key => $"`{Escape(key.ToString())}`"));
            text.Append(CultureInfo.InvariantCulture, $"| {Where(command.Area)} | {keys} | {Escape(command.Description)} |\n");
        }
        return text.ToString();
    }

    /// <summary>An area in words.</summary>
    public static string Where(CommandArea area) => area switch
    {
        CommandArea.Everywhere => "everywhere",
        CommandArea.Lists => "lists",
        CommandArea.Fleet => "Fleet",
        CommandArea.Jobs => "Jobs",
        CommandArea.Table => "table",
        CommandArea.Plans => "Plans",
        CommandArea.Editor => "job editor",
        CommandArea.Run => "run",
        CommandArea.Running => "running",
        CommandArea.Reports => "Reports",
        CommandArea.Agents => "Agents",
        _ => "Audit",
    };

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
