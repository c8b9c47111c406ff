using System.Text;

namespace CcConsole.Core.Jobs;

/// <summary>
/// The variables that a daemon's PAM session gives to its jobs: what pam_env.so reads from /etc/environment and the files that a
/// service names (pam_env(8)). /etc/security/pam_env.conf, which computes variables, is not followed.
/// </summary>
internal static class PamEnvironment
{
    private const int DeepestInclude = 8;

    /// <summary>The files that the service's pam_env.so reads, in their order: for its auth stack, then for its session.</summary>
    /// <param name="rules">See <see cref="RunFacts.PamRules"/>.</param>
    /// <param name="service"><c>cron</c> or <c>crond</c>.</param>
    public static IReadOnlyList<string> Files(ReadOnlySpan<byte> rules, string service)
    {
        var lines = new List<(string File, string[] Words)>();
        foreach (var line in Encoding.Latin1.GetString(rules).Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                lines.Add((line[..colon], line[(colon + 1)..].Split('#')[0].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)));
            }
        }

        var files = new List<string>();
        Collect(service, "auth", 0);
        Collect(service, "session", 0);
        return files;

        void Collect(string name, string type, int depth)
        {
            var path = name.StartsWith('/') ? name : "/etc/pam.d/" + name;
            foreach (var (file, words) in lines)
            {
                if (file != path || words.Length < 2)
                {
                    continue;
                }

                if (words[0] == "@include")
                {
                    Include(words[1]);
                }
                else if (words[0].TrimStart('-') == type)
                {
                    // A control in brackets may hold blanks.
                    var after = words[1].StartsWith('[') ? Array.FindIndex(words, static word => word.EndsWith(']')) + 1 : 2;
                    if (words[1] is "include" or "substack" && words.Length > 2)
                    {
                        Include(words[2]);
                    }
                    else if (after > 0 && after < words.Length && words[after].EndsWith("pam_env.so", StringComparison.Ordinal) && !words.Contains("readenv=0"))
                    {
                        var named = words.FirstOrDefault(static word => word.StartsWith("envfile=", StringComparison.Ordinal));
                        files.Add(named is null ? "/etc/environment" : named["envfile=".Length..]);
                    }
                }
            }

            void Include(string other)
            {
                if (depth < DeepestInclude)
                {
                    Collect(other, type, depth + 1);
                }
            }
        }
    }

    /// <summary>Reads a file of variables as pam_env does: <c>export</c> and comments are dropped, and one pair of quotes.</summary>
    public static void Read(ReadOnlySpan<byte> file, CronVariables into)
    {
        foreach (var range in file.Split((byte)'\n'))
        {
            var line = file[range].TrimStart(" \t"u8);
            if (line.StartsWith("export "u8))
            {
                line = line["export "u8.Length..];
            }

            var comment = line.IndexOf((byte)'#');
            line = comment < 0 ? line : line[..comment];
            var equals = line.IndexOf((byte)'=');
            var name = equals < 0 ? line : line[..equals];
            if (name.IsEmpty || name.IndexOfAnyExcept(NameBytes) >= 0)
            {
                continue;
            }

            if (equals < 0)
            {
                into.Remove(name);
            }
            else
            {
                into.Set(name, Unquote(line[(equals + 1)..]));
            }
        }
    }

    private static readonly System.Buffers.SearchValues<byte> NameBytes =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    // Only a value that begins with a quote loses one, and then the last byte where that is a quote as well.
    private static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> value) =>
        value.IsEmpty || value[0] is not ((byte)'"' or (byte)'\'') ? value
        : value.Length > 1 && value[^1] is (byte)'"' or (byte)'\'' ? value[1..^1] : value[1..];
}
