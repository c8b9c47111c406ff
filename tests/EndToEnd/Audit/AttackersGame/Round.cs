using System.Globalization;
using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;

namespace EndToEnd.Audit.AttackersGame;

/// <summary>One manipulation of a copy of the record, and what console and agent say of it then.</summary>
internal sealed class Round
{
    private static readonly HashSet<string> NotTampered = new(StringComparer.Ordinal) { "OK", "UNANCHORED", "OVERDUE", "CLOCK", "STALE" };

    private static readonly HashSet<string> Good = new(StringComparer.Ordinal) { "OK", "UNANCHORED", "CLOCK" };

    public required int Number { get; init; }

    public required Manipulation Move { get; init; }

    /// <summary>What must be found, by the model; null for nothing.</summary>
    public required string? Must { get; init; }

    public required bool IsUntouched { get; init; }

    /// <summary>Whether the console found something, or what was said to the agent was refused.</summary>
    public required bool IsFound { get; init; }

    /// <summary>What was said wrongly; null for nothing.</summary>
    public required string? Wrong { get; init; }

    public required string Said { get; init; }

    /// <summary>Whether files here can be made append-only.</summary>
    public static async Task<bool> CanSealAsync(CronDaemon space) =>
        (await PreparedHost.InsideAsync(space, ["/bin/sh", "-c", $"cd {space.Root} && : >probe && chattr +a probe && chattr -a probe"])).Code == 0;

    /// <summary>Plays one with a copy of the host's record, and asks all who verify it.</summary>
    public static async Task<Round> PlayAsync(CronDaemon space, PreparedHost host, ThreatModel model, Manipulation move, int number, bool sealable)
    {
        string folder = Path.Combine(space.Root, $"r{number}"), record = Path.Combine(folder, "rec"), home = Path.Combine(folder, "home");
        // A job reaches the folder, as it does the system's own, and nothing in it.
        await PreparedHost.ShellAsync(space, $"""
            mkdir {folder} && cp -a {host.AtT} {record} && chmod 755 {record} && cp -a {host.Home} {home} && sed -i 's#"agentDir": "[^"]*"#"agentDir": "{record}"#' {home}/.config/cc-console/hosts.json
            """);
        bool sealedNow = sealable && move.Attacker != Attacker.Root && move.Ground == Ground.System;
        if (sealedNow)
            await PreparedHost.ShellAsync(space, $"chattr +a {record}/audit {record}/audit/*.jsonl");
        await ActAsync(space, host, move, record);
        string? refused = move.RunsOn ? await RunOnAsync(space, host, record, move.Ahead) : null;
        if (sealedNow)
            await PreparedHost.InsideAsync(space, ["chattr", "-R", "-f", "-a", folder]);

        List<string> now = RecordFiles.Read(record);
        List<string> given = [.. now.Take(RecordFiles.Given(record))];
        string? must = model.MustBeFound(given);
        ProgramResult onHost = await host.RunAsync([Published.Agent, "audit", "verify", "--dir", record, "--json"]);
        ProgramResult live = await host.ConsoleAsync(home, "audit", "verify", "--live", "--host", "web01", "--json");
        string? wrong = Judge(model, move, now, given, must, sealedNow, Verdict(live), Verdict(onHost))
            ?? Claimed("the agent", onHost, Speaker.Host, now, model) ?? Claimed("the console, live,", live, Speaker.Live, given, model);
        string said = $"must be found: {must ?? "nothing"}; on the host {Verdict(onHost)} {onHost.Code}; live {Verdict(live)} {live.Code}: {Short(live)}";
        if (!model.IsUntouched(now) || move.RunsOn || live.Code != 0)
        {
            ProgramResult pull = await host.ConsoleAsync(home, "audit", "pull", "web01", "--json");
            ProgramResult deep = await host.ConsoleAsync(home, "audit", "pull", "web01", "--deep", "--json");
            ProgramResult copy = await host.ConsoleAsync(home, "audit", "verify", "--host", "web01", "--json");
            wrong ??= JudgePulls(model, now, given, must, Verdict(pull), Verdict(deep), copy.Code) ?? (deep.Code == 0 ? Claimed("the console, of its copy,", copy, Speaker.Copy, given, model) : null);
            said += $"; pull {Verdict(pull)} {pull.Code}; deep {Verdict(deep)} {deep.Code}: {Short(deep)}; copy {Verdict(copy)} {copy.Code}";
        }

        Directory.Delete(folder, recursive: true);
        return new Round
        {
            Number = number,
            Move = move,
            Must = must,
            IsUntouched = model.IsUntouched(now),
            IsFound = live.Code != 0,
            Wrong = wrong,
            Said = said + (refused is null ? "" : $"; the agent refused: {refused}"),
        };
    }

    /// <summary>Plays one against the agent that listens.</summary>
    public static async Task<Round> PlayAsync(ListeningAgent agent, Manipulation move, int number)
    {
        (string? wrong, string said) = await agent.PlayAsync(move, number);
        return new Round { Number = number, Move = move, Must = null, IsUntouched = true, IsFound = move.Refused, Wrong = wrong, Said = said };
    }

    private static string? Judge(ThreatModel model, Manipulation move, List<string> now, List<string> given, string? must, bool sealedNow, string live, string onHost)
    {
        if (move.Attacker == Attacker.Job && !model.IsUntouched(now))
            return "the job has changed the record";
        if (sealedNow && !model.IsUntouched(now))
            return "the append-only log was changed without the capability";
        if (must is not null && Good.Contains(live))
            return $"{live} was said of what the host has now";
        Examination examined = ThreatModel.Examine(now);
        if (examined.Wrong is { } broken && NotTampered.Contains(onHost))
            return $"the verification on the host says {onHost}, but {broken}";
        if (examined.Overdue && Good.Contains(onHost))
            return $"the verification on the host says {onHost}, but no checkpoint came for too long";
        if (examined is { Clock: true, Wrong: null } && onHost is ("OK" or "UNANCHORED"))
            return $"the verification on the host says {onHost}, but the clocks part";
        if (must is null && live is ("OK" or "UNANCHORED") && ThreatModel.Examine(given).Clock)
            return $"the live verification says {live}, but the clocks part";
        return FalseAlarm(model, move, now, must, live);
    }

    private static string? JudgePulls(ThreatModel model, List<string> now, List<string> given, string? must, string pull, string deep, int copy)
    {
        if (must is not null && Good.Contains(deep))
            return $"{deep} was said of a record in which entries were changed";
        if (model.MustBeFoundByShortPull(given) && Good.Contains(pull))
            return $"{pull} was said by the pull though the entry at its head, or what is new, is not whole";
        if (must is not null && copy == 0)
            return "the verification of the copy says nothing of the contradiction";
        return FalseAlarm(model, null, now, must, deep);
    }

    // Not to be given anything to verify is no claim: that is how a record that is not the agent's any more fails.
    private static string? FalseAlarm(ThreatModel model, Manipulation? move, List<string> now, string? must, string verdict) =>
        must is not null || NotTampered.Contains(verdict) || (verdict is [not (>= 'A' and <= 'Z'), ..] && move?.Kind != "nothing") ? null
        : model.IsUntouched(now) ? $"a false alarm, {verdict}: not one entry was changed" : $"what cannot be told from an honest record was called tampered with, {verdict}";

    private static string? Claimed(string who, ProgramResult verification, Speaker speaker, List<string> lines, ThreatModel model) =>
        Verdict(verification) is [>= 'A' and <= 'Z', ..] && Claims.Wrong(verification, speaker, lines, model) is { } wrong ? $"{who} claims: {wrong}" : null;

    private static async Task ActAsync(CronDaemon space, PreparedHost host, Manipulation move, string record)
    {
        if (move.Do is { } act)
        {
            act(record);
            await PreparedHost.ShellAsync(space, host.Given(record));
            return;
        }

        string[] who = (move.Attacker, move.Ground) switch
        {
            (Attacker.Job, _) => PreparedHost.As(65534, 65534),
            (Attacker.AgentUser, Ground.System) => ["setpriv", "--bounding-set", "-linux_immutable", "--inh-caps", "-linux_immutable"],
            (Attacker.AgentUser, _) => PreparedHost.As(host.User!.Uid, host.User.Uid),
            _ => [],
        };
        // No attacker has a path of its own into the folder: it is put there, and tries.
        ProgramResult run = await PreparedHost.InsideAsync(space, ["/bin/sh", "-c", $"cd {record} && exec \"$@\"", "sh", .. who, "/bin/sh", "-c", move.Script!]);
        if ((move.Attacker == Attacker.Root || move.Ground == Ground.Own) && run.Code != 0)
            throw new InvalidOperationException($"{move}: {run}");
    }

    /// <summary>The agent goes on, as after a reboot; why it would not, where it would not.</summary>
    private static async Task<string?> RunOnAsync(CronDaemon space, PreparedHost host, string record, bool ahead)
    {
        try
        {
            await using (await AgentRun.StartAsync(host, record, ahead))
                await host.JobsAsync(record, 2);
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
        finally
        {
            await PreparedHost.InsideAsync(space, ["chattr", "-R", "-f", "-a", record]);
        }
    }

    private static string Verdict(ProgramResult run)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(run.Output.Trim().Split('\n')[0]);
            return json.RootElement.TryGetProperty("verdict", out JsonElement verdict) ? verdict.GetString()! : "none";
        }
        catch (JsonException)
        {
            return $"(exit {run.Code.ToString(CultureInfo.InvariantCulture)})";
        }
    }

    private static string Short(ProgramResult run) => (run.Output + run.Error).Trim() is { Length: > 400 } said ? said[..400] : (run.Output + run.Error).Trim();
}
