using CcConsole.Core.Jobs;

namespace CcConsole.Core.Crontab;

/// <summary>The flags of <c>cc-agent exec</c> that may stand in a line beside the job's id and the socket: what is kept of another wrapper's line.</summary>
public static class WrapperFlags
{
    /// <summary>Those that stand alone.</summary>
    public static IReadOnlyList<string> Switches { get; } = ["--allow-privileges"];

    /// <summary>Those that take a value, as the next argument or after <c>=</c>.</summary>
    public static IReadOnlyList<string> Valued { get; } = ["--mail", "--workdir", "--timeout", "--kill-after"];

    /// <summary>Parts the arguments of another wrapper into those that the agent takes, and the rest.</summary>
    public static (IReadOnlyList<string> Known, IReadOnlyList<string> Unknown) Part(IReadOnlyList<string> flags)
    {
        List<string> known = [], unknown = [];
        for (var i = 0; i < flags.Count; i++)
        {
            var equals = flags[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? flags[i] : flags[i][..equals];
            if (Valued.Contains(name) && (equals >= 0 || i + 1 < flags.Count))
            {
                var value = equals >= 0 ? flags[i][(equals + 1)..] : flags[i + 1];
                var into = Takes(name, value) ? known : unknown;
                into.AddRange(equals >= 0 ? [flags[i]] : [flags[i], flags[++i]]);
            }
            else
            {
                (Switches.Contains(flags[i]) ? known : unknown).Add(flags[i]);
            }
        }

        return (known, unknown);
    }

    private static bool Takes(string name, string value) => name switch
    {
        "--mail" => value is "always" or "failure" or "never",
        "--workdir" => value.Length > 0 && value[0] != '-',
        _ => Duration.Parse(value) is not null,
    };
}
