using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Serve;

/// <summary>A session whose agent is upgraded or taken away under it.</summary>
public class ReplacedTests
{
    [Theory]
    [InlineData("rm", "{0}")]
    [InlineData("mv", "{1}", "{0}")]
    [InlineData("mv", "{0}", "{1}")]
    public async Task A_session_says_once_before_its_next_answer_that_it_is_no_longer_the_agent_there(string command, params string[] arguments)
    {
        using var folder = new SecureFolder();
        var place = $"{AgentProgram.Path}-{Guid.NewGuid():N}";
        // By another process: what another test just starts may still have open what this one has written, and then it cannot be run.
        var copied = await AgentProgram.ShellAsync($"cp -p \"$AGENT\" {place} && cp -p \"$AGENT\" {place}.new");
        Assert.True(copied.Code == 0, copied.ToString());
        await using var serve = ServeClient.StartOf(place, folder.Path);
        Assert.Equal("1", await FirstAsync("hello", """{"client":"test","protocol":1}"""));
        Assert.Equal("2", await FirstAsync("agent.status"));

        var changed = await ProgramRun.RunAsync(command, [.. arguments.Select(argument => string.Format(null, argument, place, place + ".new"))]);
        Assert.Equal(0, changed.Code);
        Assert.Equal("agent.replaced", await FirstAsync("agent.status"));
        Assert.Equal("4", await FirstAsync("agent.status"));

        // The id of the answer, or the notice where that comes before it.
        async Task<string> FirstAsync(string method, string parameters = "{}")
        {
            var id = await serve.RequestAsync(method, parameters);
            var first = await serve.FindAsync(message => message.TryGetProperty("method", out _) || (message.TryGetProperty("id", out var answered) && answered.GetInt32() == id));
            return first.TryGetProperty("method", out var notice) ? notice.GetString()! : first.GetProperty("id").ToString();
        }
    }
}
