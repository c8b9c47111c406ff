using System.Text;
using CcAgent.Places;
using CcAgent.Tests.Harness;
using CcConsole.Core;
using Xunit;

namespace CcAgent.Tests.Places;

/// <summary>The agent's settings: read strictly, and only from a file that nobody else can have written.</summary>
public class AgentSettingsTests
{
    [Fact]
    public void Every_setting_is_read()
    {
        var settings = Parse("""
            {
              // comments are allowed
              "reports": {"maxAgeDays": 7, "maxMegabytes": 12, "keepUnpulled": true},
              "spool": {"maxMegabytes": 3, "maxReports": 40},
              "audit": {"policy": "strict", "checkpointMinutes": 2, "checkpointEntries": 50, "ballastMegabytes": 4, "maxAgeDays": 400, "maxMegabytes": 2048},
              "watch": false,
              "group": "cron-admins",
            }
            """);
        Assert.Equal(new ReportRetention(7, 12, true), settings.Reports);
        Assert.Equal(new SpoolBounds(3, 40), settings.Spool);
        Assert.Equal(new AuditSettings(AuditPolicy.Strict, 2, 50, 4, 400, 2048), settings.Audit);
        Assert.False(settings.Watch);
        Assert.Equal("cron-admins", settings.Group);
    }

    [Fact]
    public void What_is_not_set_is_as_the_manual_says()
    {
        var settings = Parse("""{"reports": {}, "spool": {"maxReports": 5}}""");
        Assert.Equal(new ReportRetention(90, 1024, false), settings.Reports);
        Assert.Equal(new SpoolBounds(256, 5), settings.Spool);
        Assert.Equal(new AuditSettings(AuditPolicy.BestEffort, 5, 1000, 1, 0, 0), settings.Audit);
        Assert.True(settings.Watch);
        Assert.Equal("croncommander", settings.Group);
    }

    [Theory]
    [InlineData("", "line 1: this is not JSON")]
    [InlineData("[]", "line 1: it is not a JSON object")]
    [InlineData("{} {}", "line 1: this is not JSON")]
    [InlineData("{\n\"watch\": 1}", "line 2: \"watch\" is neither true nor false")]
    [InlineData("{\n\n\"wacht\": true}", "line 3: there is no setting \"wacht\"")]
    [InlineData("{\"reports\": 5}", "line 1: \"reports\" is not an object")]
    [InlineData("{\"reports\": {\"maxAge\": {}}}", "line 1: there is no setting \"reports.maxAge\"")]
    [InlineData("{\"reports\": {\n\"maxAgeDays\": 0}}", "line 2: \"reports.maxAgeDays\" is not a whole number from 1 to 36500")]
    [InlineData("{\"reports\": {\"maxAgeDays\": 1.5}}", "\"reports.maxAgeDays\" is not a whole number")]
    [InlineData("{\"reports\": {\"maxMegabytes\": \"12\"}}", "\"reports.maxMegabytes\" is not a whole number")]
    [InlineData("{\"spool\": {\"maxReports\": 99999999999999999999}}", "\"spool.maxReports\" is not a whole number")]
    [InlineData("{\"watch\": true,\n\"watch\": true}", "line 2: \"watch\" occurs twice")]
    [InlineData("{\"spool\": {\"maxReports\": 5, \"maxReports\": 6}}", "\"spool.maxReports\" occurs twice")]
    [InlineData("{\"group\": \"a b\"}", "\"group\" is not the name of a group")]
    [InlineData("{\"group\": \"\"}", "\"group\" is not the name of a group")]
    [InlineData("{\"group\": \"\\ud800\"}", "this is not Unicode text")]
    [InlineData("{\"group\": {\"a\": 1}}", "\"group\" is not the name of a group")]
    [InlineData("{\"audit\": {\"policy\": \"lax\"}}", "\"audit.policy\" is not best_effort or strict")]
    [InlineData("{\"audit\": {\"checkpointMinutes\": 11}}", "\"audit.checkpointMinutes\" is not a whole number from 1 to 10")]
    [InlineData("{\"audit\": {\"checkpointEntries\": 1201}}", "\"audit.checkpointEntries\" is not a whole number from 1 to 1200")]
    [InlineData("{\"audit\": {\"ballastMegabytes\": -1}}", "\"audit.ballastMegabytes\" is not a whole number from 0 to 1024")]
    [InlineData("{\"audit\": {\"keepUnpulled\": true}}", "there is no setting \"audit.keepUnpulled\"")]
    [InlineData("{\"watch\": true", "line 1: this is not JSON")]
    public void What_is_no_setting_is_refused_with_file_line_and_member(string json, string said)
    {
        var problem = Assert.Throws<ProblemException>(() => Parse(json));
        Assert.StartsWith("/x/settings.json, ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
        Assert.Contains("correct the file", problem.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chmod 0666 $F", "can be written by others (mode 0666)")]
    [InlineData("chmod 0620 $F", "can be written by others")]
    [InlineData("chown nobody $F", "is owned by nobody")]
    [InlineData("mv $F $F.real; ln -s $F.real $F", "is a symbolic link")]
    [InlineData("rm $F; mkfifo $F", "is not a plain file")]
    [InlineData("rm $F; mkdir $F", "is not a plain file")]
    [InlineData("rm $F", "No such file or directory")]
    [InlineData("chmod 0777 $D", "can be written by others (mode 0777)")]
    [InlineData("chown nobody $D", "is owned by nobody")]
    public async Task A_daemon_does_not_start_with_settings_in_others_hands(string make, string said)
    {
        using var folder = new SecureFolder();
        var directory = folder.Path + "/conf";
        await AgentProgram.ShellAsync($"D={directory}; F=$D/s.json; mkdir -m 0755 $D; echo '{{}}' > $F; chmod 0644 $F; {make}");
        var result = await AgentProgram.RunAsync("daemon", "--dir", folder.Path, "--settings", directory + "/s.json");
        Assert.Equal(2, result.Code);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Audit));
    }

    [Fact]
    public async Task A_named_directory_has_its_settings_in_it()
    {
        using var folder = new SecureFolder();
        await File.WriteAllTextAsync(folder.Path + "/settings.json", "{\n\"watsch\": true}", TestContext.Current.CancellationToken);
        var result = await AgentProgram.RunAsync("daemon", "--dir", folder.Path);
        Assert.Equal(2, result.Code);
        Assert.Contains($"{folder.Path}/settings.json, line 2: there is no setting \"watsch\"", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void In_user_mode_they_lie_in_the_configuration_directory() =>
        Assert.EndsWith("/croncommander/settings.json", AgentSettings.FileOf(new AgentPlaces(AgentMode.User, 0, "/d", "/s", Named: false)), StringComparison.Ordinal);

    private static AgentSettings Parse(string json) => AgentSettings.Parse(Encoding.UTF8.GetBytes(json), "/x/settings.json");
}
