using System.CommandLine;
using CcConsole.Tests.Screens;
using CcConsole.Verbs;
using Xunit;

namespace CcConsole.Tests.Verbs;

public sealed class ForEachHostTests : IAsyncDisposable
{
    private readonly ScreenFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_on_which_the_console_itself_fails_is_named_and_the_others_are_served(bool atOnce)
    {
        _fleet.Known("web01", "").Known("web02", "").Known("web03", "");
        StringWriter error = new();
        VerbContext context = new(new RootCommand().Parse([]), TextWriter.Null, error, json: false, CancellationToken.None);
        List<string> served = [];
        int code = await FleetVerb.ForEachAsync(context, _fleet.Control, [], host => host != "web02" ? Task.FromResult(0) : atOnce
            ? throw new FormatException("not foreseen") : Task.FromException<int>(new FormatException("not foreseen")), (host, _) => served.Add(host));
        Assert.Equal((Verb.Findings, 2), (code, served.Count));
        Assert.Contains("web02: the console failed on what the host sent: not foreseen (FormatException)", error.ToString());
    }
}
