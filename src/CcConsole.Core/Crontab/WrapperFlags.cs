using CcConsole.Core.Jobs;

namespace CcConsole.Core.Crontab;

/// <summary>The flags of <c>cc-agent exec</c> that may stand in a line beside the job's id and the socket: what is kept of another wrapper's line.</summary>
public static class WrapperFlags
{
    private const string ATime = "a time such as 30s, 5m or 1h";

    /// <summary>Those that stand alone.</summary>
    public static IReadOnlyList<string> Switches { get; } = ["--allow-privileges"];

    /// <summary>Those that take a value, as the next argument or after <c>=</c>.</summary>
    public static IReadOnlyList<string> Valued { get; } =
    [
        "--mail", "--workdir", "--timeout", "--kill-after", "--overlap", "--retries", "--retry-delay", "--nice", "--umask",
        "--limit-memory", "--limit-processes", "--limit-cpu", "--limit-files",
    ];

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
                var into = Wanted(name, value) is null ? known : unknown;
                into.AddRange(equals >= 0 ? [flags[i]] : [flags[i], flags[++i]]);
            }
            else
            {
                (Switches.Contains(flags[i]) ? known : unknown).Add(flags[i]);
            }
        }

        return (known, unknown);
    }

    /// <summary>The flags with another value of one of <see cref="Valued"/>: in its place, else at the end; null takes it away.</summary>
    public static IReadOnlyList<string> With(IReadOnlyList<string> flags, string name, string? value)
    {
        List<string> result = [];
        bool placed = value is null;
        for (var i = 0; i < flags.Count; i++)
        {
            bool joined = flags[i].StartsWith(name + "=", StringComparison.Ordinal);
            if (!joined && flags[i] != name)
            {
                result.Add(flags[i]);
                // Its value may look like another flag.
                if (Valued.Contains(flags[i]) && i + 1 < flags.Count)
                    result.Add(flags[++i]);
                continue;
            }

            i += joined ? 0 : 1;
            if (!placed)
                result.AddRange([name, value!]);
            placed = true;
        }

        if (!placed)
            result.AddRange([name, value!]);
        return result;
    }

    /// <summary>What a flag of <see cref="Valued"/> takes, in words, when <paramref name="value"/> is not that; null when it is.</summary>
    public static string? Wanted(string name, string value)
    {
        var (good, wanted) = name switch
        {
            "--mail" => (value is "always" or "failure" or "never", "always, failure or never"),
            "--workdir" => (value.Length > 0 && value[0] != '-', "a directory"),
            "--overlap" => (value is "allow" or "skip" or "queue", "allow, skip or queue"),
            "--retries" => (JobLimits.Number(value, 0, JobLimits.MostRetries) is not null, $"a number from 0 to {JobLimits.MostRetries}"),
            "--nice" => (JobLimits.Number(value, -20, 19) is not null, "a number from -20 to 19"),
            "--umask" => (JobLimits.Mask(value) is not null, "an octal number from 000 to 777"),
            "--limit-memory" => (JobLimits.Size(value) is not null, "a size from 1M, such as 512M or 2G"),
            "--limit-processes" => (JobLimits.Number(value, 1, int.MaxValue) is not null, "a number from 1"),
            "--limit-files" => (JobLimits.Number(value, JobLimits.FewestFiles, int.MaxValue) is not null, $"a number from {JobLimits.FewestFiles}"),
            "--limit-cpu" => (Duration.Parse(value) >= TimeSpan.FromSeconds(1), "a time from 1s, such as 30s, 5m or 1h"),
            _ => (Duration.Parse(value) is not null, ATime),
        };
        return good ? null : wanted;
    }
}
