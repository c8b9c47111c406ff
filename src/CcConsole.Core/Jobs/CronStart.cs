using System.Text;

namespace CcConsole.Core.Jobs;

/// <summary>A variable of a table, in bytes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public readonly record struct TableVariable(byte[] Name, byte[] Value)
{
    /// <summary>The value that an environment of the table has for a name: the last setting; null when there is none.</summary>
    public static byte[]? Last(IEnumerable<TableVariable> variables, string name)
    {
        byte[]? value = null;
        foreach (var variable in variables)
        {
            value = variable.Name.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(name)) ? variable.Value : value;
        }

        return value;
    }
}

/// <summary>
/// How a host's cron daemon starts a command: environment, shell, directory and file mode mask. Sources: load_entry and
/// child_process of debian's cron 3.0pl1-162 (tried), of cronie 1.7 and crond.c of busybox (read).
/// </summary>
public sealed record CronStart
{
    private const string Spool = "/var/spool/cron";

    /// <summary>The whole environment, each variable as <c>NAME=VALUE</c>.</summary>
    public required IReadOnlyList<byte[]> Environment { get; init; }

    /// <summary>What runs the command by <c>-c</c>, as it can be executed; empty when the table names none.</summary>
    public required byte[] Shell { get; init; }

    /// <summary>The working directory.</summary>
    public required byte[] Directory { get; init; }

    /// <summary>The file mode mask.</summary>
    public required int Umask { get; init; }

    /// <summary>Whether it begins with SIGPIPE ignored.</summary>
    public bool IgnoresPipe { get; init; }

    /// <summary>What a person would not expect, in words.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Computes it.</summary>
    /// <param name="facts">What is known of the host and the user.</param>
    /// <param name="variables">The table's variables that stand above the entry, in their order.</param>
    /// <param name="isSystem">True for an entry of a system table.</param>
    /// <exception cref="ProblemException">The daemon would not start the command at all.</exception>
    public static CronStart Of(RunFacts facts, IReadOnlyList<TableVariable> variables, bool isSystem)
    {
        List<string> notes = [];
        var start = facts.Implementation switch
        {
            "busybox" => Busybox(facts, variables, notes),
            "cronie" => Cronie(facts, variables, isSystem, notes),
            _ => Debian(facts, variables, notes),
        };
        return start with { Notes = notes, IgnoresPipe = facts.IgnoresPipe };
    }

    private static CronStart Debian(RunFacts facts, IReadOnlyList<TableVariable> variables, List<string> notes)
    {
        var environment = Session(facts, "cron", notes);
        var table = Table(facts, variables);
        table.SetDefault("PATH"u8, "/usr/bin:/bin"u8);
        table.Set("LOGNAME"u8, Bytes(facts.User));
        AddTo(environment, table);
        var home = environment.Find("HOME"u8)!;
        if (!facts.DirectoryExists)
        {
            notes.Add($"{Shown(home)} cannot be entered by {facts.User}: cron starts the job in {Spool} then, without a word");
        }

        return Start(facts, environment, facts.DirectoryExists ? Absolute(home) : Bytes(Spool));
    }

    private static CronStart Cronie(RunFacts facts, IReadOnlyList<TableVariable> variables, bool isSystem, List<string> notes)
    {
        // cronie opens no PAM session for root's entries of system tables.
        var environment = isSystem && facts.Uid == 0 ? new CronVariables() : Session(facts, "crond", notes);
        var table = Table(facts, variables);
        if (table.Find("HOME"u8) is [(byte)'~', .. var rest])
        {
            table.Set("HOME"u8, [.. facts.Home, .. rest]);
        }

        var inherited = facts.KeepsPath ? Inherited(facts.DaemonEnvironment)?.Find("PATH"u8) : null;
        if (facts.KeepsPath && inherited is null && table.Find("PATH"u8) is null)
        {
            notes.Add("crond was started with -P and hands down its own PATH, which only root may see: /usr/bin:/bin is taken");
        }

        table.SetDefault("PATH"u8, inherited ?? "/usr/bin:/bin"u8);
        table.Set("LOGNAME"u8, Bytes(facts.User));
        table.Set("USER"u8, Bytes(facts.User));
        AddTo(environment, table);
        var home = environment.Find("HOME"u8)!;
        return facts.DirectoryExists
            ? Start(facts, environment, Absolute(home))
            : throw new ProblemException($"{Shown(home)} cannot be entered by {facts.User}, and cronie does not start a job then", "Make the directory, or set HOME in the table.");
    }

    private static CronStart Busybox(RunFacts facts, IReadOnlyList<TableVariable> variables, List<string> notes)
    {
        // crond.c knows MAILTO, SHELL and PATH, and takes no other variable from a table.
        var environment = Inherited(facts.DaemonEnvironment);
        var path = TableVariable.Last(variables, "PATH");
        if (environment is null)
        {
            environment = new CronVariables();
            environment.Set("PATH"u8, "/sbin:/usr/sbin:/bin:/usr/bin"u8);
            notes.Add($"busybox's crond hands down its own environment, which only root may see{(path is null ? ": PATH=/sbin:/usr/sbin:/bin:/usr/bin is taken" : "")}");
        }

        if (path is not null)
        {
            environment.Set("PATH"u8, path);
        }

        environment.Set("LOGNAME"u8, Bytes(facts.User));
        environment.Set("USER"u8, Bytes(facts.User));
        environment.Set("HOME"u8, facts.Home);
        environment.Set("SHELL"u8, TableVariable.Last(variables, "SHELL") ?? "/bin/sh"u8.ToArray());
        if (!facts.DirectoryExists)
        {
            notes.Add($"{Shown(facts.Home)} cannot be entered by {facts.User}: crond starts the job in {Spool} then");
        }

        return Start(facts, environment, facts.DirectoryExists ? Absolute(facts.Home) : Bytes(Spool)) with { Shell = environment.Find("SHELL"u8)! };
    }

    private static CronVariables Session(RunFacts facts, string service, List<string> notes)
    {
        var environment = new CronVariables();
        foreach (var file in PamEnvironment.Files(facts.PamRules, service))
        {
            if (facts.VariableFiles.TryGetValue(file, out var bytes))
            {
                PamEnvironment.Read(bytes, environment);
            }
        }

        if (facts.HasPamConfiguration)
        {
            notes.Add("/etc/security/pam_env.conf sets variables for cron's jobs, which a run from here does not have");
        }

        return environment;
    }

    private static CronVariables Table(RunFacts facts, IReadOnlyList<TableVariable> variables)
    {
        var table = new CronVariables();
        foreach (var variable in variables)
        {
            table.Set(variable.Name, variable.Value);
        }

        table.SetDefault("SHELL"u8, "/bin/sh"u8);
        table.SetDefault("HOME"u8, facts.Home);
        return table;
    }

    private static void AddTo(CronVariables environment, CronVariables table)
    {
        foreach (var variable in table.All)
        {
            var equals = variable.AsSpan().IndexOf((byte)'=');
            environment.Set(variable.AsSpan(0, equals), variable.AsSpan(equals + 1));
        }
    }

    private static CronVariables? Inherited(byte[]? environment)
    {
        if (environment is null)
        {
            return null;
        }

        var variables = new CronVariables();
        ReadOnlySpan<byte> all = environment;
        foreach (var range in all.Split((byte)0))
        {
            var variable = all[range];
            if (variable.IndexOf((byte)'=') is > 0 and var equals)
            {
                variables.Set(variable[..equals], variable[(equals + 1)..]);
            }
        }

        return variables;
    }

    private static CronStart Start(RunFacts facts, CronVariables environment, byte[] directory)
    {
        // execve(2) takes a shell without a slash from the working directory; env would look for it in PATH.
        var shell = environment.Find("SHELL"u8)!;
        return new CronStart
        {
            Environment = environment.All,
            Shell = shell.Length == 0 || shell.Contains((byte)'/') ? shell : [.. "./"u8, .. shell],
            Directory = directory,
            Umask = facts.Umask,
            Notes = [],
        };
    }

    private static byte[] Absolute(byte[] directory) => directory is [(byte)'/', ..] ? directory : [.. Bytes(Spool), (byte)'/', .. directory];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Shown(byte[] path) => path.Length == 0 ? "An empty HOME" : Encoding.UTF8.GetString(path);
}
