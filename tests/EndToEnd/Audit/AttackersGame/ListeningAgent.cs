using System.Globalization;
using System.Text;
using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Audit.Cases;
using EndToEnd.Harness;

namespace EndToEnd.Audit.AttackersGame;

/// <summary>Root's agent as it listens, and jobs that talk to it: each as a user of its own, all in the group that may connect.</summary>
internal sealed class ListeningAgent : IAsyncDisposable
{
    private const int Group = 65534, FirstUid = 700_000;

    private const string Client = """
        import json, socket, sys
        for text in json.load(sys.stdin):
            answer, s = b"", socket.socket(socket.AF_UNIX)
            s.settimeout(60)
            try:
                s.connect(sys.argv[1])
                s.sendall(text.encode("latin-1"))
            except OSError:
                pass
            try:
                s.shutdown(socket.SHUT_WR)
                while part := s.recv(65536): answer += part
            except OSError:
                pass
            print(json.dumps(answer.decode("latin-1")))
        """;

    // What the agent writes of its own accord, and what it writes of someone, with who that was.
    private static readonly HashSet<string> Own = new(StringComparer.Ordinal) { "audit.key_next", "audit.checkpoint", "audit.rotate" };
    private static readonly HashSet<string> OfSomeone = new(StringComparer.Ordinal) { "report.rejected", "audit.suppressed", "job.started", "job.finished" };

    // Of each who sends too much, what was not told one by one is counted in one entry so often.
    private static readonly TimeSpan BetweenCounts = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _one = new(1);
    private readonly PreparedHost _host;
    private readonly string _record;
    private readonly Dictionary<int, int> _floods = [];
    private AgentRun? _run;

    private ListeningAgent(PreparedHost host, string record) => (_host, _record) = (host, record);

    public static async Task<ListeningAgent> StartAsync(CronDaemon space, PreparedHost host)
    {
        string record = Path.Combine(space.Root, "listens");
        await PreparedHost.ShellAsync(space, $"install -d -m 755 {record}");
        var agent = new ListeningAgent(host, record) { _run = await AgentRun.StartAsync(host, record) };
        await PreparedHost.ShellAsync(space, $"chgrp {Group} {record}/cc-agent.sock");
        return agent;
    }

    /// <summary>Says what the manipulation says; what was wrong with what came of it, and what was answered.</summary>
    public async Task<(string? Wrong, string Said)> PlayAsync(Manipulation move, int number)
    {
        await _one.WaitAsync();
        try
        {
            int uid = FirstUid + number;
            List<string> before = RecordFiles.ReadRunning(_record);
            long began = TimeProvider.System.GetTimestamp();
            string[] requests = [.. move.Requests.Select(request => request.Replace(SocketAttacks.Uid, uid.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))];
            ProgramResult run = await ProgramRun.RunAsync("setpriv", [.. PreparedHost.As(uid, Group)[1..], "/usr/bin/env", "PATH=/usr/local/bin:/usr/bin:/bin", "python3", "-c", Client, Path.Combine(_record, "cc-agent.sock")],
                input: Encoding.UTF8.GetBytes(JsonSerializer.Serialize(requests)), directory: "/");
            string[] answers = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<string>(line)!)];
            string said = string.Join(" ", answers.Distinct()) + run.Error;
            if (run.Code != 0 || answers.Length != requests.Length)
                return ("the socket could not be spoken to", run.ToString());
            if (requests.Length == SocketAttacks.Flood)
                _floods[uid] = requests.Length;
            if (answers.Any(answer => answer.Contains("\"ok\":true", StringComparison.Ordinal) == move.Refused))
                return (move.Refused ? "it was not refused" : "a job's own report was refused", said);
            List<string> now = RecordFiles.ReadRunning(_record);
            if (now.Count < before.Count || !before.SequenceEqual(now.Take(before.Count)))
                return ("what stood there is not what stood there", said);
            (double Least, double Most) time = (LineText.Wall(before[^1]) - 1, (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds + 1);
            string[] came = [.. now.Skip(before.Count)];
            // What the agent writes of its own accord, and of floods before, comes when it comes.
            int told = came.Count(line => LineText.Text(line, "event") is { } name && !Own.Contains(name) && name != "audit.suppressed");
            if (told > Math.Min(requests.Length, 24))
                return ($"{told} entries came of it", said);
            double most = 1 + (TimeProvider.System.GetElapsedTime(began) / BetweenCounts);
            if (came.Where(line => LineText.IsEvent(line, "audit.suppressed")).CountBy(line => (LineText.Text(line, "uid"), LineText.Text(line, "of"))).FirstOrDefault(of => of.Value > most) is { Value: > 0 } of)
                return ($"{of.Value} entries count what was not told of {of.Key}, and there was time for {most:0.0}", said);
            return (came.Select(line => Wrong(line, uid, time)).FirstOrDefault(wrong => wrong is not null), said);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Stops the agent; what is wrong with its whole chain then.</summary>
    public async Task<string?> EndAsync(CronDaemon space)
    {
        await _run!.DisposeAsync();
        _run = null;
        await PreparedHost.InsideAsync(space, ["chattr", "-R", "-f", "-a", _record]);
        List<string> lines = RecordFiles.Read(_record);
        foreach ((int uid, int sent) in _floods)
        {
            string of = uid.ToString(CultureInfo.InvariantCulture);
            string[] own = [.. lines.Where(line => LineText.Text(line, "uid") == of)];
            int told = own.Count(line => LineText.IsEvent(line, "report.rejected")),
                counted = own.Where(line => LineText.IsEvent(line, "audit.suppressed")).Sum(line => int.Parse(LineText.Text(line, "count")!, CultureInfo.InvariantCulture));
            if (told + counted != sent || counted == 0)
                return $"of {sent} forged reports of {uid} {told} are told one by one and {counted} are counted";
        }
        ProgramResult verify = await PreparedHost.InsideAsync(space, [Published.Agent, "audit", "verify", "--dir", _record]);
        using var folder = new CaseFolder();
        PythonAnswer python = (await PythonAnswer.OfAsync(folder.Folder, [folder.Put("listens", lines)])).Single();
        return ThreatModel.Examine(lines).Wrong ?? (verify.Code != 0 ? verify.ToString() : python.Good ? null : $"Python stops at {python.Entry}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_run is { } run)
            await run.DisposeAsync();
        _one.Dispose();
    }

    private static string? Wrong(string line, int uid, (double Least, double Most) time)
    {
        string name = LineText.Text(line, "event") ?? "nothing", who = uid.ToString(CultureInfo.InvariantCulture);
        // An entry may have got its time long before it could be read, but behind the entry before it.
        if (LineText.Wall(line) < time.Least || LineText.Wall(line) > time.Most)
            return $"it is of another time than it was written at: {line}";
        if (Own.Contains(name))
            return null;
        // Others' floods before are counted when it is time to.
        return OfSomeone.Contains(name) && (LineText.Text(line, "uid") == who || name == "audit.suppressed") && LineText.Text(line, "user") != "root" ? null : $"it was written as someone else's: {line}";
    }
}
