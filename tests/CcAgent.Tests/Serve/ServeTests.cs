using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Tests.Harness;
using CcConsole.Core.Audit;
using Xunit;

namespace CcAgent.Tests.Serve;

/// <summary>`serve` over its pipes: what a console may ask, and what it gets.</summary>
public class ServeTests
{
    private static void Report(SecureFolder folder, string job) =>
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal.Replace("foreign", job)).GetProperty("ok").GetBoolean());

    private static string Text(JsonElement element) => Encoding.UTF8.GetString(element.GetBytesFromBase64());

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    [Fact]
    public async Task It_says_who_it_is_and_ends_with_its_input()
    {
        using var folder = new SecureFolder();
        await using var serve = ServeClient.Start(folder.Path);
        var hello = await serve.ResultAsync("hello", """{"client":"test","protocol":7}""");
        Assert.Equal(1, hello.GetProperty("protocol").GetInt32());
        Assert.Equal(("root", "system", folder.Path), (hello.GetProperty("user").GetString(), hello.GetProperty("mode").GetString(), hello.GetProperty("dir").GetString()));
        Assert.Equal(TimeZoneInfo.Local.BaseUtcOffset == TimeSpan.Zero, hello.GetProperty("zone").GetString() is "UTC");
        Assert.InRange(hello.GetProperty("now").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Contains("audit.pull", hello.GetProperty("capabilities").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(0, await serve.EndAsync());
    }

    [Fact]
    public async Task What_is_no_request_is_answered_and_the_session_goes_on()
    {
        using var folder = new SecureFolder();
        await using var serve = ServeClient.Start(folder.Path);
        async Task Expect(int code) =>
            Assert.Equal(code, (await serve.FindAsync(m => m.TryGetProperty("error", out _))).GetProperty("error").GetProperty("code").GetInt32());
        await serve.SendAsync("nonsense");
        await Expect(-32700);
        await serve.SendAsync("""{"jsonrpc":"2.0","id":1}""");
        await Expect(-32600);
        await serve.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"hello","params":{"client":"LONG","protocol":1}}""".Replace("LONG", new string('x', 4_300_000)));
        await Expect(-32001);
        await serve.SendAsync("""{"jsonrpc":"2.0","id":2,"method":"no.such"}""");
        await Expect(-32601);
        await serve.SendAsync("""{"jsonrpc":"2.0","id":3,"method":"report.tail","params":{"after":"x"}}""");
        await Expect(-32602);
        await serve.SendAsync("""{"jsonrpc":"2.0","method":"stream.credit","params":{"stream":99,"messages":1}}""");
        Assert.Equal(1, (await serve.ResultAsync("hello", """{"client":"test","protocol":1}""")).GetProperty("protocol").GetInt32());
    }

    [Fact]
    public async Task Reports_come_in_order_with_credit_and_new_ones_follow()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        foreach (var job in (string[])["a", "b", "c"])
            Report(folder, job);
        await using var serve = ServeClient.Start(folder.Path);
        var stream = await serve.RequestAsync("report.tail", """{"after":0,"follow":true,"credit":1}""");
        Assert.Equal(2, (await serve.AnswerAsync(stream)).GetProperty("result").GetProperty("last").GetInt32());
        async Task<string> Job()
        {
            var (method, entry) = await serve.NextAsync(stream);
            Assert.Equal("report.entry", method);
            return entry.GetProperty("entry").GetProperty("report").GetProperty("jobId").GetString()!;
        }

        Assert.Equal("b", await Job());
        Assert.True(await serve.SilentAsync(stream));
        await serve.NotifyAsync("stream.credit", $$"""{"stream":{{stream}},"messages":10}""");
        Assert.Equal("c", await Job());
        Assert.True(await serve.SilentAsync(stream));
        // The median of a few, from when each is on record: a busy machine may be slow with any one.
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 7; i++)
        {
            Report(folder, $"d{i}");
            var clock = Stopwatch.StartNew();
            Assert.Equal($"d{i}", await Job());
            waits.Add(clock.Elapsed);
        }

        Assert.InRange(waits.Order().ElementAt(waits.Count / 2), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await serve.NotifyAsync("stream.cancel", $$"""{"stream":{{stream}}}""");
        var (end, last) = await serve.NextAsync(stream);
        Assert.Equal(("stream.end", "cancelled"), (end, last.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Only_the_last_are_sent_where_a_limit_is_given_and_reading_needs_no_daemon()
    {
        using var folder = new SecureFolder();
        await using (var daemon = await RunningDaemon.StartAsync(folder))
        {
            foreach (var job in (string[])["a", "b", "c", "d"])
                Report(folder, job);
            await daemon.KillAsync();
        }

        await using var serve = ServeClient.Start(folder.Path);
        var stream = await serve.RequestAsync("report.tail", """{"limit":2}""");
        var jobs = new List<string>();
        for (var next = await serve.NextAsync(stream); next.Method == "report.entry"; next = await serve.NextAsync(stream))
            jobs.Add(next.Params.GetProperty("entry").GetProperty("report").GetProperty("jobId").GetString()!);
        Assert.Equal(["c", "d"], jobs);
        var status = await serve.ResultAsync("agent.status");
        Assert.Equal(4, status.GetProperty("reports").GetInt32());
        Assert.False(status.TryGetProperty("daemon", out _));
    }

    [Fact]
    public async Task The_chain_is_pulled_byte_for_byte_whatever_it_holds()
    {
        using var folder = new SecureFolder();
        await using (var daemon = await RunningDaemon.StartAsync(folder))
        {
            Report(folder, "a");
            Report(folder, "b");
            await daemon.KillAsync();
        }

        // Somebody else's writing in the middle: it is evidence, and travels as it is.
        var segment = folder.LastSegment("audit");
        var bytes = await File.ReadAllBytesAsync(segment);
        bytes[50] = 0xff;
        bytes[51] = 0x00;
        await File.WriteAllBytesAsync(segment, bytes);
        await using var serve = ServeClient.Start(folder.Path);
        var stream = await serve.RequestAsync("audit.pull", """{"after":-1}""");
        var opened = (await serve.AnswerAsync(stream)).GetProperty("result");
        Assert.Equal(3, opened.GetProperty("last").GetInt32());
        Assert.False(opened.TryGetProperty("held", out _));
        var (method, lines) = await serve.NextAsync(stream);
        Assert.Equal(("audit.lines", 0, 4), (method, lines.GetProperty("first").GetInt32(), lines.GetProperty("count").GetInt32()));
        Assert.Equal(bytes, lines.GetProperty("bytes").GetBytesFromBase64());
        Assert.Equal("complete", (await serve.NextAsync(stream)).Params.GetProperty("reason").GetString());

        var text = await File.ReadAllLinesAsync(segment, Encoding.Latin1);
        stream = await serve.RequestAsync("audit.pull", """{"after":2,"follow":true}""");
        Assert.Equal(text[2] + "\n", Text((await serve.AnswerAsync(stream)).GetProperty("result").GetProperty("held")));
        Assert.Equal(text[3] + "\n", Text((await serve.NextAsync(stream)).Params.GetProperty("bytes")));

        stream = await serve.RequestAsync("audit.pull", """{"after":40,"follow":true}""");
        Assert.False((await serve.AnswerAsync(stream)).GetProperty("result").TryGetProperty("held", out _));
        Assert.Equal("stream.end", (await serve.NextAsync(stream)).Method);
    }

    [Fact]
    public async Task New_entries_follow_across_a_recovery()
    {
        using var folder = new SecureFolder();
        await using (var daemon = await RunningDaemon.StartAsync(folder))
            await daemon.KillAsync();
        await using var serve = ServeClient.Start(folder.Path);
        var stream = await serve.RequestAsync("audit.pull", """{"after":-1,"follow":true}""");
        var held = new MemoryStream();
        async Task Take(long upTo)
        {
            for (long count = 0; count < upTo;)
            {
                var (_, lines) = await serve.NextAsync(stream);
                held.Write(lines.GetProperty("bytes").GetBytesFromBase64());
                count = Encoding.ASCII.GetString(held.ToArray()).Count(c => c == '\n');
            }
        }

        await Take(2);
        await File.AppendAllTextAsync(folder.LastSegment("audit"), "torn");
        await using var again = await RunningDaemon.StartAsync(folder);
        Report(folder, "a");
        await Take(5);
        held.Position = 0;
        var verified = ChainVerifier.Verify(held);
        Assert.Equal((5, Verdict.Unanchored), (verified.Entries, verified.Verdict));
    }

    [Fact]
    public async Task A_hundred_thousand_entries_are_pulled_as_they_lie_in_the_file()
    {
        const int entries = 100_000;
        using var folder = new SecureFolder();
        Directory.CreateDirectory(folder.Audit);
        Directory.CreateDirectory(folder.Path + "/audit-state");
        var encoder = new EntryEncoder("ab", 0, default);
        var buffer = new ArrayBufferWriter<byte>();
        for (var i = 0; i < entries; i++)
        {
            encoder.Append(
                buffer, i == 0 ? "audit.genesis" : "job.finished", 1_700_000_000_000_000 + i, i,
                new AuditMember("command", "/usr/local/bin/backup --all"), new AuditMember("filler", new string('x', 200)));
        }

        await File.WriteAllBytesAsync($"{folder.Audit}/{0:D20}.jsonl", buffer.WrittenMemory.ToArray());
        using (var head = HeadFile.Open(folder.Path + "/audit-state/head", out _))
            head.Write(new CcAgent.Journal.ChainHead("ab", entries - 1, encoder.Head, 0, buffer.WrittenCount, 0), sync: false);
        await using var serve = ServeClient.Start(folder.Path);
        var verifier = ChainVerifier.Start();
        var stream = await serve.RequestAsync("audit.pull", """{"after":-1,"credit":16}""");
        while (verifier.NextSeq < entries)
        {
            var (_, lines) = await serve.NextAsync(stream);
            Assert.Equal(verifier.NextSeq, lines.GetProperty("first").GetInt64());
            Assert.True(verifier.Append(lines.GetProperty("bytes").GetBytesFromBase64()));
            await serve.NotifyAsync("stream.credit", $$"""{"stream":{{stream}},"messages":1}""");
        }

        Assert.Equal(encoder.Head, verifier.Head);
    }

    [Fact]
    public async Task A_job_runs_as_cron_would_run_it()
    {
        using var folder = new SecureFolder();
        await using var serve = ServeClient.Start(folder.Path);
        var result = await RunAsync(
            serve, "env | LC_ALL=C sort; pwd; cat; echo problem >&2; exit 3", "in\nput\n",
            ("HOME", "/usr"), ("GREETING", "good day"), ("LOGNAME", "nobody"), ("PATH", "/bin:/usr/bin"));
        Assert.Equal("GREETING=good day\nHOME=/usr\nLOGNAME=root\nPATH=/bin:/usr/bin\nPWD=/usr\nSHELL=/bin/sh\n/usr\nin\nput\n", result.Output);
        Assert.Equal(("problem\n", 3), (result.Error, result.Ended.GetProperty("exitCode").GetInt32()));
        result = await RunAsync(serve, "echo \"$0\"", null, ("SHELL", "/bin/bash"));
        Assert.Equal("/bin/bash\n", result.Output);
    }

    [Fact]
    public async Task A_running_job_can_be_stopped_with_all_that_it_started()
    {
        using var folder = new SecureFolder();
        await using var serve = ServeClient.Start(folder.Path);
        var stream = await serve.RequestAsync("job.run", $$"""{"command":"{{Base64("echo up; sleep 60 & sleep 60; echo never")}}"}""");
        Assert.Equal("up\n", Text((await serve.NextAsync(stream)).Params.GetProperty("bytes")));
        await serve.ResultAsync("job.stop", $$"""{"stream":{{stream}}}""");
        var (method, ended) = await serve.NextAsync(stream);
        Assert.Equal(("job.ended", 15, 143), (method, ended.GetProperty("signal").GetInt32(), ended.GetProperty("exitCode").GetInt32()));
        Assert.Equal("stream.end", (await serve.NextAsync(stream)).Method);
        Assert.Contains("ended already", (await serve.ErrorAsync("job.stop", $$"""{"stream":{{stream}}}""")).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_jobs_output_waits_for_credit_and_none_of_it_is_lost()
    {
        using var folder = new SecureFolder();
        await using var serve = ServeClient.Start(folder.Path);
        var stream = await serve.RequestAsync("job.run", $$"""{"command":"{{Base64("head -c 500000 /dev/zero")}}","credit":2}""");
        await serve.AnswerAsync(stream);
        var (count, messages) = (0, 0);
        while (true)
        {
            var (method, output) = await serve.NextAsync(stream);
            if (method == "job.ended")
                break;
            count += output.GetProperty("bytes").GetBytesFromBase64().Length;
            if (++messages == 2)
                Assert.True(await serve.SilentAsync(stream, 1_500));
            if (messages >= 2)
                await serve.NotifyAsync("stream.credit", $$"""{"stream":{{stream}},"messages":1}""");
        }

        Assert.Equal(500_000, count);
    }

    [Theory]
    [InlineData("the end of its input")]
    [InlineData("SIGTERM")]
    public async Task A_job_ends_with_its_session_and_so_do_its_children_that_ignore_TERM(string end)
    {
        using var folder = new SecureFolder();
        await using var serve = ServeClient.Start(folder.Path);
        var mark = folder.Path + "/mark";
        var stubborn = $"sh -c 'trap \"\" TERM; echo $$ >{mark}; while :; do sleep 0.1; done'";
        var stream = await serve.RequestAsync("job.run", $$"""{"command":"{{Base64($"{stubborn} & while test ! -s {mark}; do sleep 0.1; done; echo up; sleep 60")}}"}""");
        await serve.NextAsync(stream);
        var child = int.Parse(await File.ReadAllTextAsync(mark), CultureInfo.InvariantCulture);
        if (end == "SIGTERM")
        {
            await serve.SignalAsync("TERM");
        }
        else
        {
            Assert.Equal(0, await serve.EndAsync());
        }

        await Eventually.TrueAsync(() => ProcessIdentity.Of(child) is not { Ended: false }, "the child's end", 60);
    }

    [Fact]
    public async Task Root_runs_a_users_job_as_that_user()
    {
        using var user = new TestUser();
        using var folder = new SecureFolder();
        await using var serve = ServeClient.Start(folder.Path);
        var stream = await serve.RequestAsync("job.run", $$"""{"command":"{{Base64("echo $(id -un) $(id -gn) $HOME")}}","user":"{{user.Name}}"}""");
        Assert.Equal($"{user.Name} {user.Name} {user.Home}\n", Text((await serve.NextAsync(stream)).Params.GetProperty("bytes")));
        var error = await serve.ErrorAsync("job.run", $$"""{"command":"{{Base64("id")}}","user":"no-such-user"}""");
        Assert.Contains("no user", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_a_users_table_has_a_say_while_the_job_is_still_roots()
    {
        using var user = new TestUser();
        using var folder = new SecureFolder();
        Directory.CreateDirectory(folder.Path + "/open");
        File.SetUnixFileMode(folder.Path + "/open", (UnixFileMode)0x1FF);
        await using var serve = ServeClient.Start(folder.Path);
        // The loader complains once for each program that it was to load this into: the user's own shell, and no other.
        var result = await RunAsUserAsync(serve, user.Name, "exit 3", null, ("LD_PRELOAD", "/no/such/library.so"), ("A=B", "c"), ("-x", "d e"));
        Assert.Equal(3, result.Ended.GetProperty("exitCode").GetInt32());
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        // Below a directory that only root may enter: debian's cron then stays where it is.
        result = await RunAsUserAsync(serve, user.Name, "pwd", null, ("HOME", folder.Path + "/open"));
        Assert.Equal("/var/spool/cron\n", result.Output);
        result = await RunAsUserAsync(serve, user.Name, "env | LC_ALL=C sort; cat", "in", ("GREETING", "good day"));
        Assert.Equal(
            $"GREETING=good day\nHOME={user.Home}\nLOGNAME={user.Name}\nPATH=/usr/bin:/bin\nPWD={user.Home}\nSHELL=/bin/sh\nin", result.Output);
    }

    private static Task<(string Output, string Error, JsonElement Ended)> RunAsync(
        ServeClient serve, string command, string? input, params (string Name, string Value)[] variables) =>
        RunAsUserAsync(serve, "root", command, input, variables);

    private static async Task<(string Output, string Error, JsonElement Ended)> RunAsUserAsync(
        ServeClient serve, string user, string command, string? input, params (string Name, string Value)[] variables)
    {
        var environment = string.Join(',', variables.Select(v => $$"""{"name":"{{Base64(v.Name)}}","value":"{{Base64(v.Value)}}"}"""));
        var standardInput = input is null ? "" : $"\"input\":\"{Base64(input)}\",";
        var stream = await serve.RequestAsync("job.run", string.Create(
            CultureInfo.InvariantCulture, $$"""{"command":"{{Base64(command)}}","user":"{{user}}",{{standardInput}}"environment":[{{environment}}]}"""));
        await serve.AnswerAsync(stream);
        StringBuilder output = new(), error = new();
        while (true)
        {
            var (method, parameters) = await serve.NextAsync(stream);
            if (method == "job.ended")
                return (output.ToString(), error.ToString(), parameters);
            (parameters.GetProperty("channel").GetString() == "stdout" ? output : error).Append(Text(parameters.GetProperty("bytes")));
        }
    }
}
