using System.Text.Json;
using CcConsole.Screens;
using Xunit;

namespace CcConsole.Tests.Screens;

public sealed class LinearReportTests : IAsyncDisposable
{
    private readonly ScreenFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task Each_host_and_job_is_a_line_and_a_dead_host_gives_a_non_zero_exit()
    {
        _fleet.Host("web01", "0 3 * * * echo \e[2J\nnot an entry\n").Host("db01", "");
        _fleet.Down.Add("db01");
        var (exit, text) = await RunAsync();
        Assert.Equal(1, exit);
        Assert.Contains("web01: ok, 2 jobs, 0 failed in 24 h, 0 late, contact just now, audit ? not pulled\n", text);
        Assert.Contains("  unknown  0 3 * * *  echo ␛[2J, next 2026-03-03 03:00 +00:00\n", text);
        Assert.Contains("db01: offline", text);
        Assert.Contains("next: Check that sshd runs there.", text);
    }

    [Fact]
    public async Task A_fleet_that_is_well_gives_zero()
    {
        _fleet.Host("web01", "");
        var (exit, text) = await RunAsync();
        Assert.Equal(0, exit);
        Assert.StartsWith("web01: ok, 0 jobs", text);
    }

    [Fact]
    public async Task Without_hosts_it_says_what_to_do()
    {
        var (exit, text) = await RunAsync();
        Assert.Equal(0, exit);
        Assert.Contains("cc-console host add", text);
    }

    [Fact]
    public async Task A_job_whose_last_run_failed_makes_its_host_fail_and_gives_a_non_zero_exit()
    {
        _fleet.Host("web01", "#cc: name=dump\n0 3 * * * /usr/local/bin/cc-agent exec --job-id 'dump' -- /bin/sh -c 'exit 1'\n");
        _fleet.Report("web01", "dump", 1, TimeSpan.FromHours(11));
        var (exit, text) = await RunAsync();
        Assert.Contains("web01: fail, 1 jobs", text);
        Assert.Contains("  failed: dump; next: Look at its runs: 3, or cc-console report list web01 --failures", text);
        Assert.Contains("fail  0 3 * * *  dump, last", text);
        Assert.Equal(1, exit);
    }

    [Fact]
    public async Task As_json_it_is_one_document_with_the_jobs_of_each_host()
    {
        _fleet.Host("web01", "0 3 * * * echo \e[2J\nnot an entry\n").Host("db01", "");
        _fleet.Down.Add("db01");
        var (exit, text) = await RunAsync(json: true);
        Assert.Equal(1, exit);
        using var document = JsonDocument.Parse(text);
        var hosts = document.RootElement.EnumerateArray().ToDictionary(host => host.GetProperty("host").GetString()!);
        Assert.Equal(["0 3 * * *", ""], hosts["web01"].GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("schedule").GetString()));
        Assert.Equal("offline", hosts["db01"].GetProperty("status").GetString());
        Assert.DoesNotContain('\e', text);
    }

    private async Task<(int Exit, string Text)> RunAsync(bool json = false)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return (await LinearReport.RunAsync(_fleet.Control, output, _fleet.Time, json, default), output.ToString());
    }
}
