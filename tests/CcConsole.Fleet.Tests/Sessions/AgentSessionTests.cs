using CcConsole.Core;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;
using Xunit;

namespace CcConsole.Fleet.Tests.Sessions;

/// <summary>What may answer where an agent is expected: here a script, over the same pipes.</summary>
public sealed class AgentSessionTests : IDisposable
{
    private const string Hello = """{"jsonrpc":"2.0","id":1,"result":{"version":"9.9","protocol":1,"capabilities":[],"host":"h","user":"u","uid":1,"mode":"user","dir":"/d","zone":"UTC","now":"2026-11-21T00:00:00Z"}}""";
    private readonly string _root = Directory.CreateTempSubdirectory("cc-session-").FullName;
    private readonly LocalShell _shell = new("web01");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private Task<AgentSession?> OpenAsync(string script)
    {
        string path = Path.Combine(_root, "it's an agent");
        Script.Write(path, "#!/bin/sh\n" + script);
        return AgentSession.OpenAsync(_shell, "web01", "test", path, "/a dir", CancellationToken.None);
    }

    private static Task<AgentStatusResult> StatusAsync(AgentSession session) => session.RequestAsync(Methods.AgentStatus, new Done(),
        ProtocolJson.Default.Done, ProtocolJson.Default.AgentStatusResult, CancellationToken.None);

    [Fact]
    public async Task A_host_without_the_agent_is_told_from_one_whose_agent_fails()
    {
        Assert.Null(await AgentSession.OpenAsync(_shell, "web01", "test", null, null, CancellationToken.None));
        ProblemException problem = await Assert.ThrowsAsync<ProblemException>(() => AgentSession.OpenAsync(_shell, "web01", "test", "/nowhere/cc-agent", null, CancellationToken.None));
        Assert.Contains("no agent at /nowhere/cc-agent", problem.Message);
        problem = await Assert.ThrowsAsync<ProblemException>(() => OpenAsync("echo 'cc-agent: the folder is open to others' >&2; exit 2\n"));
        Assert.Contains("the folder is open to others", problem.Message);
        Assert.NotEmpty(problem.Hint);
    }

    [Fact]
    public async Task An_agent_that_the_system_cannot_start_is_not_taken_for_none()
    {
        // What a shell makes of a program whose loader is missing: the same code as for no program at all.
        ProblemException problem = await Assert.ThrowsAsync<ProblemException>(() => OpenAsync("exit 127\n"));
        Assert.Contains("did not start", problem.Message);
    }

    [Fact]
    public async Task The_session_knows_who_answers_and_where_the_agent_lies()
    {
        AgentSession? session = await OpenAsync($"echo \"$*\" >'{_root}/args'; read line; echo '{Hello}'; read line\n");
        await using AgentSession open = Assert.IsType<AgentSession>(session);
        Assert.Equal("9.9", open.Hello.Version);
        Assert.Equal(Path.Combine(_root, "it's an agent"), open.AgentPath);
        Assert.Equal("serve --dir /a dir\n", await File.ReadAllTextAsync(Path.Combine(_root, "args")));
    }

    [Fact]
    public async Task A_refusal_is_the_agents_own_words_made_safe()
    {
        await using AgentSession session = (await OpenAsync($$$"""
            read line; echo '{{{Hello}}}'
            read line; printf '%s\n' '{"jsonrpc":"2.0","id":2,"error":{"code":-32000,"message":"no \u001b[31m way","data":{"hint":"walk"} } }'
            read line

            """))!;
        ProblemException problem = await Assert.ThrowsAsync<AgentProblemException>(() => StatusAsync(session));
        Assert.Equal("web01: no ␛[31m way", problem.Message);
        Assert.Equal("walk", problem.Hint);
        Assert.True(session.IsOpen);
    }

    [Theory]
    [InlineData("echo 'Welcome to web01!'\n", "what answers is not an agent")]
    [InlineData("printf '\\033[2Jhello\\n'\n", "what answers is not an agent")]
    [InlineData("head -c 5000000 /dev/zero | tr '\\\\0' x; echo\n", "over 4 MiB")]
    [InlineData("echo '{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"version\":5}}'\n", "cannot be read")]
    [InlineData("echo '{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{\"stream\":\"2\"}}'; exit 3\n", "exit code 3")]
    [InlineData("echo '{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{\"stream\":1e99}}'; exit 3\n", "exit code 3")]
    [InlineData("echo '{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":1}}'\n", "what answers is not an agent")]
    [InlineData("exit 3\n", "exit code 3")]
    [InlineData("kill -9 $$\n", "")]
    public async Task Whatever_else_answers_ends_in_words_and_never_hangs(string script, string words)
    {
        await using AgentSession session = (await OpenAsync($"read line; echo '{Hello}'; read line\n{script}exec cat >/dev/null\n"))!;
        ProblemException problem = await Assert.ThrowsAnyAsync<ProblemException>(() => StatusAsync(session).WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains(words, problem.Message);
        Assert.DoesNotContain('\u001b', problem.Message);
    }

    [Fact]
    public async Task A_stream_ends_with_its_last_message_and_grants_credit_as_it_is_read()
    {
        await using AgentSession session = (await OpenAsync($$$"""
            read line; echo '{{{Hello}}}'
            read line; echo '{"jsonrpc":"2.0","id":2,"result":{"stream":2,"last":5}}'
            for i in 1 2 3 4; do echo '{"jsonrpc":"2.0","method":"x","params":{"stream":2}}'; done
            read credit; read credit2; printf '%s\n%s\n' "$credit" "$credit2" >'{{{_root}}}/credit'
            echo '{"jsonrpc":"2.0","method":"stream.end","params":{"stream":2,"reason":"complete"}}'
            cat >/dev/null

            """))!;
        (StreamResult result, AgentStream stream) = await session.OpenStreamAsync(Methods.ReportTail, new ReportTailParams(), 4,
            ProtocolJson.Default.ReportTailParams, ProtocolJson.Default.StreamResult, CancellationToken.None);
        Assert.Equal(5, result.Last);
        int read = 0;
        await foreach (RpcMessage _ in stream.ReadAsync(true, CancellationToken.None))
        {
            read++;
        }

        Assert.Equal(4, read);
        string[] credits = await File.ReadAllLinesAsync(Path.Combine(_root, "credit"));
        Assert.Equal(2, credits.Length);
        Assert.All(credits, line => Assert.Contains("\"messages\":2", line));
    }

    [Fact]
    public async Task A_sender_that_ignores_the_credit_is_cut_off()
    {
        await using AgentSession session = (await OpenAsync($$$"""
            read line; echo '{{{Hello}}}'
            read line; echo '{"jsonrpc":"2.0","id":2,"result":{"stream":2,"last":5}}'
            while :; do echo '{"jsonrpc":"2.0","method":"x","params":{"stream":2}}'; done

            """))!;
        // It may be cut off before the stream is opened: it does not wait for that either.
        ProblemException problem = await Assert.ThrowsAsync<ProblemException>(async () =>
        {
            (_, AgentStream stream) = await session.OpenStreamAsync(Methods.ReportTail, new ReportTailParams(), 4,
                ProtocolJson.Default.ReportTailParams, ProtocolJson.Default.StreamResult, CancellationToken.None);
            await session.Ended.WaitAsync(TimeSpan.FromSeconds(60));
            await foreach (RpcMessage _ in stream.ReadAsync(true, CancellationToken.None))
            {
            }
        });
        Assert.Contains("more than it was allowed", problem.Message);
        Assert.False(session.IsOpen);
    }

    [Fact]
    public async Task A_sender_that_fills_its_credit_with_the_longest_messages_is_cut_off()
    {
        await using AgentSession session = (await OpenAsync($$$"""
            read line; echo '{{{Hello}}}'
            read line; echo '{"jsonrpc":"2.0","id":2,"result":{"stream":2,"last":5}}'
            for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
                printf '{"jsonrpc":"2.0","method":"x","params":{"stream":2,"x":"'; head -c 4000000 /dev/zero | tr '\0' x; echo '"} }'
            done
            cat >/dev/null

            """))!;
        try
        {
            await session.OpenStreamAsync(Methods.ReportTail, new ReportTailParams(), 256,
                ProtocolJson.Default.ReportTailParams, ProtocolJson.Default.StreamResult, CancellationToken.None);
        }
        catch (ProblemException)
        {
            // It was cut off before the stream was opened.
        }

        await session.Ended.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(session.IsOpen);
    }

    [Fact]
    public async Task A_stream_that_stops_before_its_end_is_not_waited_for_for_ever()
    {
        await using AgentSession session = (await OpenAsync($$$"""
            read line; echo '{{{Hello}}}'
            read line; echo '{"jsonrpc":"2.0","id":2,"result":{"stream":2,"last":5}}'
            echo '{"jsonrpc":"2.0","method":"x","params":{"stream":2}}'
            cat >/dev/null

            """))!;
        (_, AgentStream stream) = await session.OpenStreamAsync(Methods.ReportTail, new ReportTailParams(), 4,
            ProtocolJson.Default.ReportTailParams, ProtocolJson.Default.StreamResult, CancellationToken.None);
        session.AnswerLimit = TimeSpan.FromMilliseconds(300);
        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(async () =>
        {
            await foreach (RpcMessage _ in stream.ReadAsync(mayBeSilent: false, CancellationToken.None))
            {
            }
        }).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(HostProblemKind.CommandTimeout, problem.Kind);
    }

    [Fact]
    public async Task An_agent_that_reads_nothing_more_loses_the_session_and_holds_up_no_one()
    {
        await using AgentSession session = (await OpenAsync($"read line; echo '{Hello}'; exec sleep 60\n"))!;
        session.AnswerLimit = TimeSpan.FromMilliseconds(300);
        CrontabWriteParams table = new(new byte[1 << 20], "alice", "laptop", null, null, "");
        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => session.RequestAsync(Methods.CrontabWrite, table,
            ProtocolJson.Default.CrontabWriteParams, ProtocolJson.Default.CrontabWriteResult, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(problem.MayHaveRun);
        await session.Ended.WaitAsync(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAnyAsync<ProblemException>(() => StatusAsync(session).WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task A_stream_that_the_agent_ends_with_an_error_says_why()
    {
        await using AgentSession session = (await OpenAsync($$$"""
            read line; echo '{{{Hello}}}'
            read line; echo '{"jsonrpc":"2.0","id":2,"result":{"stream":2,"last":5}}'
            echo '{"jsonrpc":"2.0","method":"stream.end","params":{"stream":2,"reason":"error","message":"the journal is gone","hint":"look"}}'
            read line

            """))!;
        (_, AgentStream stream) = await session.OpenStreamAsync(Methods.ReportTail, new ReportTailParams(), 4,
            ProtocolJson.Default.ReportTailParams, ProtocolJson.Default.StreamResult, CancellationToken.None);
        ProblemException problem = await Assert.ThrowsAsync<ProblemException>(async () =>
        {
            await foreach (RpcMessage _ in stream.ReadAsync(true, CancellationToken.None))
            {
            }
        });
        Assert.Equal(("web01: the journal is gone", "look"), (problem.Message, problem.Hint));
    }
}
