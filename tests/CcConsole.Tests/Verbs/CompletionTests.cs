using System.Diagnostics;
using CcConsole.Verbs;
using CcConsole.Verbs.Completion;
using Xunit;

namespace CcConsole.Tests.Verbs;

public sealed class CompletionTests
{
    [Fact]
    public void Help_says_HOST_where_the_names_of_hosts_are_offered()
    {
        Assert.Equal(("HOST", "HOST"), (FleetVerb.Host.HelpName, FleetVerb.Hosts.HelpName));
        Assert.NotEmpty(FleetVerb.Host.CompletionSources);
        Assert.NotEmpty(FleetVerb.Hosts.CompletionSources);
    }

    [Theory]
    [InlineData("", "db01 web01 $(echo expanded)")]
    [InlineData("w", "web01")]
    [InlineData("--", "--cached")]
    public async Task Bash_offers_what_begins_as_typed_and_expands_nothing_of_it(string typed, string offered)
    {
        var script = CompletionVerb.Bash + $$"""
            cc-console() { printf '%s\n' --cached db01 web01 '$(echo expanded)'; }
            COMP_WORDS=(cc-console job list '{{typed}}') COMP_CWORD=3
            _cc_console
            echo "${COMPREPLY[*]}"
            """;
        var start = new ProcessStartInfo("bash", ["--norc", "-c", script]) { RedirectStandardOutput = true };
        using var bash = Process.Start(start)!;
        Assert.Equal(offered, (await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).TrimEnd('\n'));
    }
}
