using System.CommandLine;
using CcConsole.Core;
using CcConsole.Core.Crontab;

namespace CcConsole.Verbs.Jobs;

/// <summary>What the agent does about a run, as options of the verbs that write its line: the flags of <c>cc-agent exec</c>.</summary>
internal static class WrapperOptions
{
    private static readonly Option<bool> AllowPrivileges = new("--allow-privileges") { Description = "Let set-uid programs such as sudo work in it" };

    private static readonly Option<string?>[] Valued =
    [
        Of("--mail", "WHEN", "What cron gets to mail: always, failure or never"),
        Of("--timeout", "TIME", "End it after this time: SIGTERM, then SIGKILL to all that it started"),
        Of("--kill-after", "TIME", "How long after SIGTERM"),
        Of("--overlap", "POLICY", "While its run before goes on: allow, skip or queue"),
        Of("--retries", "N", "Try it again when it failed, up to N times"),
        Of("--retry-delay", "TIME", "How long after a failure"),
        Of("--workdir", "DIR", "Run it in this directory of the host"),
        Of("--nice", "N", "Run it at this niceness, -20 to 19"),
        Of("--umask", "MASK", "Run it with this file mode mask"),
        Of("--limit-memory", "SIZE", "Address space of each of its processes, such as 512M"),
        Of("--limit-cpu", "TIME", "CPU time of each of its processes"),
        Of("--limit-files", "N", "Open files of each of its processes"),
        Of("--limit-processes", "N", "Processes and threads of its user; does not bind root"),
    ];

    /// <summary>All of them; '' as a value takes one away.</summary>
    public static readonly Symbol[] All = [.. Valued, AllowPrivileges];

    /// <summary>The flags that a job has, with what was given in their place; null when nothing was given.</summary>
    /// <exception cref="ProblemException">A value means nothing.</exception>
    public static IReadOnlyList<string>? Of(VerbContext context, IReadOnlyList<string>? flags)
    {
        IReadOnlyList<string>? result = null;
        foreach (Option<string?> option in Valued)
        {
            if (context.Get(option) is not { } value) continue;
            if (value.Length > 0 && WrapperFlags.Wanted(option.Name, value) is { } wanted)
            {
                throw new ProblemException($"{option.Name} must be {wanted}, not {Plain.Text(value)}");
            }

            result = WrapperFlags.With(result ?? flags ?? [], option.Name, value.Length > 0 ? value : null);
        }

        IReadOnlyList<string> known = result ?? flags ?? [];
        return context.Get(AllowPrivileges) && !known.Contains(AllowPrivileges.Name) ? [.. known, AllowPrivileges.Name] : result;
    }

    private static Option<string?> Of(string name, string value, string description) => new(name) { Description = description, HelpName = value };
}
