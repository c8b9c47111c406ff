using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;
using CcConsole.Core.Reports;

namespace CcAgent.Exec;

/// <summary>What becomes of a job's output beside the report.</summary>
internal enum MailPolicy
{
    /// <summary>It goes on to cron as it comes, which mails it.</summary>
    Always,

    /// <summary>Its last part goes on when the job failed.</summary>
    Failure,

    /// <summary>It goes nowhere else.</summary>
    Never,
}

/// <summary>The command line of `exec`, read by hand: it lies on the path of every run.</summary>
internal sealed record ExecOptions
{
    internal string JobId { get; private set; } = "";

    internal string? SocketPath { get; private set; }

    internal MailPolicy Mail { get; private set; }

    internal bool AllowPrivileges { get; private set; }

    internal string? WorkDirectory { get; private set; }

    internal TimeSpan? Timeout { get; private set; }

    internal TimeSpan KillAfter { get; private set; } = TimeSpan.FromSeconds(10);

    internal OverlapPolicy Overlap { get; private set; }

    /// <summary>How often a job that failed is tried again.</summary>
    internal int Retries { get; private set; }

    internal TimeSpan RetryDelay { get; private set; } = TimeSpan.FromSeconds(10);

    internal Launch Launch { get; private set; }

    /// <summary>How many of the last arguments are the command.</summary>
    internal int CommandLength { get; private set; }

    /// <exception cref="ProblemException">A usage error.</exception>
    internal static ExecOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new ExecOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                options.CommandLength = arguments.Length - i - 1;
                break;
            }

            if (argument is not ['-', ..])
                throw Usage($"unexpected argument {argument}: the command begins after --");
            if (argument == "--allow-privileges")
            {
                options.AllowPrivileges = true;
                continue;
            }

            var equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
            var name = equals < 0 ? argument : argument[..equals];
            string value;
            if (equals >= 0)
                value = argument[(equals + 1)..];
            else if (++i < arguments.Length && arguments[i] != "--")
                value = arguments[i];
            else
                throw Usage($"{name} needs a value");
            options.Set(name, value);
        }

        if (options.JobId.Length == 0)
            throw Usage("--job-id is missing");
        if (options.CommandLength == 0)
            throw Usage("the command is missing: it begins after --");
        return options;
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "--job-id" or "-j":
                if (value.Length is 0 or > ReportLimits.MaxJobIdLength)
                    throw Usage($"--job-id must have 1 to {ReportLimits.MaxJobIdLength} characters");
                JobId = value;
                break;
            case "--socket-path":
                SocketPath = value is ['/', ..] ? value : throw Usage("--socket-path must be an absolute path");
                break;
            case var _ when WrapperFlags.Valued.Contains(name):
                if (WrapperFlags.Wanted(name, value) is { } wanted)
                    throw Usage($"{name} must be {wanted}");
                SetKnown(name, value);
                break;
            default:
                throw Usage($"unknown option {name}");
        }
    }

    private void SetKnown(string name, string value)
    {
        switch (name)
        {
            case "--mail":
                Mail = value switch { "failure" => MailPolicy.Failure, "never" => MailPolicy.Never, _ => MailPolicy.Always };
                break;
            case "--workdir":
                WorkDirectory = value;
                break;
            case "--timeout":
                Timeout = Duration.Parse(value);
                break;
            case "--kill-after":
                KillAfter = Duration.Parse(value)!.Value;
                break;
            case "--overlap":
                Overlap = value switch { "skip" => OverlapPolicy.Skip, "queue" => OverlapPolicy.Queue, _ => OverlapPolicy.Allow };
                break;
            case "--retries":
                Retries = JobLimits.Number(value, 0, JobLimits.MostRetries)!.Value;
                break;
            case "--retry-delay":
                RetryDelay = Duration.Parse(value)!.Value;
                break;
            case "--nice":
                Launch = Launch with { Nice = JobLimits.Number(value, -20, 19) };
                break;
            case "--umask":
                Launch = Launch with { Mask = JobLimits.Mask(value) };
                break;
            case "--limit-memory":
                Launch = Launch with { Memory = JobLimits.Size(value) };
                break;
            case "--limit-processes":
                Launch = Launch with { Processes = JobLimits.Number(value, 1, int.MaxValue) };
                break;
            case "--limit-cpu":
                Launch = Launch with { CpuSeconds = (long)Math.Ceiling(Duration.Parse(value)!.Value.TotalSeconds) };
                break;
            case "--limit-files":
                Launch = Launch with { Files = JobLimits.Number(value, JobLimits.FewestFiles, int.MaxValue) };
                break;
        }
    }

    private static ProblemException Usage(string message) => new("exec: " + message, "cc-agent exec --help");
}
