using System.IO.Enumeration;
using CcConsole.Core;

namespace CcConsole.Ssh;

/// <summary>A Host entry of ssh_config that names one host.</summary>
/// <param name="Alias">The name as it is given to ssh.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">The line there, from 1.</param>
public sealed record SshConfigHost(string Alias, string File, int Line);

/// <summary>
/// The hosts that a person has in ssh_config(5): the names after Host that are no pattern and no negation, with
/// Include followed. What ssh makes of a name is not worked out here: see <see cref="SshHostConfig"/>.
/// </summary>
public static class SshConfigHosts
{
    /// <summary>ssh's own bound on Include within Include (readconf.c).</summary>
    private const int DeepestInclude = 16;

    /// <summary>Lists the hosts in the order of the files, each name once.</summary>
    /// <param name="file">The configuration, usually <c>~/.ssh/config</c>. A file that is not there has no hosts.</param>
    /// <param name="home">The person's home: Include is relative to <c>.ssh</c> in it, and <c>~</c> stands for it.</param>
    /// <exception cref="ProblemException">A file cannot be read.</exception>
    public static IReadOnlyList<SshConfigHost> Read(string file, string home)
    {
        List<SshConfigHost> hosts = [];
        Read(file, home, depth: 0, hosts);
        return [.. hosts.DistinctBy(host => host.Alias)];
    }

    private static void Read(string file, string home, int depth, List<SshConfigHost> hosts)
    {
        if (depth > DeepestInclude || !File.Exists(file))
            return;
        int number = 0;
        foreach (string line in Lines(file))
        {
            number++;
            List<string> words = Words(line);
            if (words.Count == 0)
                continue;
            if (words[0].Equals("Host", StringComparison.OrdinalIgnoreCase))
                hosts.AddRange(words.Skip(1).Where(IsOneHost).Select(word => new SshConfigHost(word, file, number)));
            if (!words[0].Equals("Include", StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (string included in words.Skip(1).SelectMany(word => Expand(word, home)))
                Read(included, home, depth + 1, hosts);
        }
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                $"The ssh configuration {Plain.Text(file)} cannot be read: {Plain.Text(e.Message)}", "Check its owner and mode.", e);
        }
    }

    private static bool IsOneHost(string name) =>
        name.AsSpan().IndexOfAny('*', '?', '!') < 0 && name.Length > 0 && name[0] != '-' && !name.Any(char.IsControl);

    // The keyword ends at a blank or at one "="; arguments may stand in double quotes, and "#" starts a comment.
    private static List<string> Words(string line)
    {
        List<string> words = [];
        int at = 0;
        while (true)
        {
            while (at < line.Length && (char.IsWhiteSpace(line[at]) || (line[at] == '=' && words.Count == 1)))
                at++;
            if (at == line.Length || line[at] == '#')
                return words;
            int start = at;
            if (line[at] == '"' && line.IndexOf('"', at + 1) is > 0 and int close)
            {
                words.Add(line[(start + 1)..close]);
                at = close + 1;
                continue;
            }
            while (at < line.Length && !char.IsWhiteSpace(line[at]) && !(line[at] == '=' && words.Count == 0))
                at++;
            words.Add(line[start..at]);
        }
    }

    // glob(7) for * and ?, which do not match a leading dot.
    private static IEnumerable<string> Expand(string pattern, string home)
    {
        string path = pattern == "~" || pattern.StartsWith("~/", StringComparison.Ordinal) ? home + pattern[1..]
            : Path.IsPathRooted(pattern) ? pattern
            : Path.Combine(home, ".ssh", pattern);
        IEnumerable<string> found = ["/"];
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            found = part.AsSpan().IndexOfAny('*', '?') < 0
                ? found.Select(directory => Path.Combine(directory, part))
                : found.SelectMany(directory => Matching(directory, part));
        }
        return found;
    }

    private static IEnumerable<string> Matching(string directory, string pattern) =>
        !Directory.Exists(directory) ? []
        : Directory.EnumerateFileSystemEntries(directory)
            .Where(path => Path.GetFileName(path) is { } name && (name[0] != '.' || pattern[0] == '.')
                && FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))
            .Order(StringComparer.Ordinal);
}
