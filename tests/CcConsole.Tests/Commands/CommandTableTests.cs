using CcConsole.Commands;
using Xunit;

namespace CcConsole.Tests.Commands;

public sealed class CommandTableTests
{
    private const string Start = "<!-- keys: made from the command registry -->\n", End = "<!-- end of keys -->";

    /// <summary>To write the table anew, set CC_STORE_README to the README's path, run, and look at the difference.</summary>
    [Fact]
    public void The_keys_in_the_README_are_those_of_the_program()
    {
        string? stored = Environment.GetEnvironmentVariable("CC_STORE_README");
        string path = stored is { Length: > 0 } ? stored : Path.Combine(Tree(), "README.md");
        string readme = File.ReadAllText(path);
        int from = readme.IndexOf(Start, StringComparison.Ordinal) + Start.Length, to = readme.IndexOf(End, StringComparison.Ordinal);
        Assert.InRange(to, from, readme.Length);
        if (stored is { Length: > 0 })
        {
            File.WriteAllText(path, readme[..from] + CommandTable.Markdown() + readme[to..]);
            return;
        }
        Assert.Equal(CommandTable.Markdown(), readme[from..to]);
    }

    [Fact]
    public void No_two_commands_have_the_same_id() =>
        Assert.Equal(CommandRegistry.All.Count, CommandRegistry.All.Select(command => command.Id).Distinct().Count());

    private static string Tree()
    {
        string at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "CcConsole.sln"))) at = Path.GetDirectoryName(at)!;
        return at;
    }
}
