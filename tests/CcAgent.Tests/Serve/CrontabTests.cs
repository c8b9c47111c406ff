using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Serve;

/// <summary>Changes of a table through the agent, with the real crontab and users made for the test.</summary>
public class CrontabTests
{
    private const string First = "# first\n0 3 * * * /bin/true\n";
    private const string Second = "# first\n0 4 * * * /bin/true 'caf\u00e9'\n";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Write(string content, string? expected) => $$"""
        {"content":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(content))}}","actor":"ada","origin":"laptop","reason":"why not"{{(expected is null ? "" : $",\"expectedSha256\":\"{expected}\"")}}}
        """.Trim();

    private static async Task<string> TableAsync(TestUser user) =>
        (await ProgramRun.RunAsync("/usr/bin/env", ["crontab", "-u", user.Name, "-l"])).Output;

    private static async Task<List<JsonElement>> EditsAsync(TestUser user) =>
        [.. AgentProgram.Lines((await AgentProgram.RunAsAsync(user, "audit", "show", "--json")).Output)
            .Where(static entry => entry.GetProperty("event").GetString() == "crontab.edited")];

    [Fact]
    public async Task A_change_is_written_read_back_and_audited()
    {
        using var user = new TestUser();
        await using var daemon = await RunningDaemon.StartAsAsync(user);
        await using var serve = ServeClient.StartAs(user);
        var none = await serve.ResultAsync("crontab.read");
        Assert.Equal((false, user.Name), (none.GetProperty("exists").GetBoolean(), none.GetProperty("table").GetString()));

        var written = await serve.ResultAsync("crontab.write", Write(First, null));
        Assert.Equal(("written", Hash(First)), (written.GetProperty("outcome").GetString(), written.GetProperty("sha256").GetString()));
        Assert.Equal(First, await TableAsync(user));
        written = await serve.ResultAsync("crontab.write", Write(Second, Hash(First)));
        Assert.Equal(Second, await TableAsync(user));

        var entry = (await EditsAsync(user))[^1];
        Assert.Equal(written.GetProperty("auditSeq").GetInt64(), entry.GetProperty("seq").GetInt64());
        Assert.Equal(
            ("crontab.edited", "ada", "laptop", "crontab of " + user.Name, Hash(First), Hash(Second), "why not"),
            (entry.GetProperty("event").GetString(), entry.GetProperty("actor").GetString(), entry.GetProperty("origin").GetString(),
                entry.GetProperty("table").GetString(), entry.GetProperty("sha256_before").GetString(), entry.GetProperty("sha256_after").GetString(),
                entry.GetProperty("reason").GetString()));
        Assert.Equal("@@ -1,2 +1,2 @@\n # first\n-0 3 * * * /bin/true\n+0 4 * * * /bin/true 'caf\u00e9'\n", entry.GetProperty("diff").GetString());
        var read = await serve.ResultAsync("crontab.read");
        Assert.Equal(Second, Encoding.UTF8.GetString(read.GetProperty("content").GetBytesFromBase64()));
    }

    [Fact]
    public async Task A_table_that_someone_else_changed_is_left_alone()
    {
        using var user = new TestUser();
        await using var daemon = await RunningDaemon.StartAsAsync(user);
        await using var serve = ServeClient.StartAs(user);
        await serve.ResultAsync("crontab.write", Write(First, null));
        var before = (await EditsAsync(user)).Count;
        foreach (var expected in (string?[])[null, Hash(Second)])
        {
            var conflict = await serve.ResultAsync("crontab.write", Write(Second, expected));
            Assert.Equal("conflict", conflict.GetProperty("outcome").GetString());
            Assert.Equal(First, Encoding.UTF8.GetString(conflict.GetProperty("current").GetBytesFromBase64()));
        }

        var rejected = await serve.ResultAsync("crontab.write", Write("this is no table\n", Hash(First)));
        Assert.Equal("rejected", rejected.GetProperty("outcome").GetString());
        Assert.Equal(First, await TableAsync(user));
        Assert.Equal(before, (await EditsAsync(user)).Count);
    }

    [Fact]
    public async Task Without_the_daemon_nothing_is_written()
    {
        using var user = new TestUser();
        await using (var daemon = await RunningDaemon.StartAsAsync(user))
            await daemon.StopAsync();
        await using var serve = ServeClient.StartAs(user);
        var error = await serve.ErrorAsync("crontab.write", Write(First, null));
        Assert.Equal(-32002, error.GetProperty("code").GetInt32());
        Assert.Contains("nothing was written", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("cc-agent daemon", error.GetProperty("data").GetProperty("hint").GetString(), StringComparison.Ordinal);
        Assert.Equal("", await TableAsync(user));
        Assert.False((await serve.ResultAsync("crontab.read")).GetProperty("exists").GetBoolean());
        Assert.Equal(-32000, (await serve.ErrorAsync("audit.append", """{"event":"console.pulled","actor":"a","origin":"b"}""")).GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task A_change_whose_entry_cannot_be_written_is_taken_back()
    {
        using var user = new TestUser();
        await using (var daemon = await RunningDaemon.StartAsAsync(user))
        {
            await using var good = ServeClient.StartAs(user);
            await good.ResultAsync("crontab.write", Write(First, null));
            await daemon.StopAsync();
        }

        // A daemon that is there, and cannot write.
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = user.SocketFolder + "/cc-agent.sock";
        listener.Bind(new UnixDomainSocketEndPoint(path));
        await AgentProgram.ShellAsync($"chown {user.Name} {path}");
        listener.Listen();
        var asked = new List<string>();
        var serving = Task.Run(async () =>
        {
            while (asked.Count < 2)
            {
                using var connection = await listener.AcceptAsync();
                var buffer = new byte[65536];
                var request = Encoding.UTF8.GetString(buffer, 0, await connection.ReceiveAsync(buffer));
                asked.Add(request);
                await connection.SendAsync(Encoding.UTF8.GetBytes(request.Contains("\"status\"", StringComparison.Ordinal)
                    ? """{"ok":true,"status":{"pid":1,"version":"x","started":"2026-01-01T00:00:00Z","residentBytes":1}}""" + "\n"
                    : """{"ok":false,"recorded":false,"seq":-1,"error":"no space left"}""" + "\n"));
            }
        });
        await using var serve = ServeClient.StartAs(user);
        var error = await serve.ErrorAsync("crontab.write", Write(Second, Hash(First)));
        await serving.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(-32002, error.GetProperty("code").GetInt32());
        Assert.Contains("put back", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("no space left", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("crontab.edited", asked[1], StringComparison.Ordinal);
        Assert.Equal(First, await TableAsync(user));
    }

    [Fact]
    public async Task A_user_cannot_touch_anothers_table_and_hears_why()
    {
        using var user = new TestUser();
        await using var serve = ServeClient.StartAs(await Prepared(user));
        var error = await serve.ErrorAsync("crontab.read", """{"table":"root"}""");
        Assert.Contains("Only root", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_is_looked_through_in_a_stream_of_pieces()
    {
        using var user = new TestUser();
        await using var serve = ServeClient.StartAs(await Prepared(user));
        await ProgramRun.RunAsync("/usr/bin/env", ["crontab", "-u", user.Name, "-"], input: Encoding.UTF8.GetBytes(First));
        var id = await serve.RequestAsync("crontab.discover", """{"credit":4}""");
        var size = (await serve.AnswerAsync(id)).GetProperty("result").GetProperty("last").GetInt64() + 1;
        using var all = new MemoryStream();
        for (var message = await serve.NextAsync(id); message.Method == "crontab.found"; message = await serve.NextAsync(id))
            all.Write(message.Params.GetProperty("data").GetBytesFromBase64());
        Assert.Equal(size, all.Length);
        var text = Encoding.UTF8.GetString(all.ToArray());
        Assert.Contains("\ncc-crontab 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"=table {First.Length}\n{First}", text, StringComparison.Ordinal);
        Assert.EndsWith("end\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_other_file_can_be_named_as_a_table()
    {
        using var user = new TestUser();
        await using var serve = ServeClient.StartAs(await Prepared(user));
        foreach (var table in new[] { "/etc/shadow", "/etc/cron.d/../shadow", "/etc/crontab.d/x", "-l" })
        {
            var error = await serve.ErrorAsync("crontab.read", $$"""{"table":"{{table}}"}""");
            Assert.Contains("neither a user's name nor the path", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    private static async Task<TestUser> Prepared(TestUser user)
    {
        await using var daemon = await RunningDaemon.StartAsAsync(user);
        await daemon.StopAsync();
        return user;
    }
}
