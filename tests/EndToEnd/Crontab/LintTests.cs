using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Crontab;

/// <summary>The published <c>crontab lint</c>: the daemons' vectors, what compilers' users expect, and what cannot be read.</summary>
public sealed class LintTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cc-lint-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("debian")]
    [InlineData("cronie")]
    public async Task Every_vector_is_accepted_or_refused_as_the_daemon_did(string dialect)
    {
        using JsonDocument vectors = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Published.Tree, "tests/vectors/crontab/dialects.json")));
        var wrong = new List<string>();
        foreach (JsonElement vector in vectors.RootElement.EnumerateArray())
        {
            string file = await WriteAsync(vector.GetProperty("input_base64").GetBytesFromBase64());
            ProgramResult run = await ProgramRun.RunAsync(Published.Console, ["crontab", "lint", file, "--dialect", dialect, "--json"]);
            using JsonDocument said = JsonDocument.Parse(run.Output);
            JsonElement report = said.RootElement;
            bool expected = vector.GetProperty(dialect).GetProperty("accepted").GetBoolean();
            bool isWorse = report.GetProperty("findings").EnumerateArray().Any(finding => finding.GetProperty("severity").GetString() != "note");
            Assert.Equal(["accepted", "dialect", "findings"], report.EnumerateObject().Select(member => member.Name));
            Assert.Equal(dialect, report.GetProperty("dialect").GetString());
            if (report.GetProperty("accepted").GetBoolean() != expected || run.Code != (expected && !isWorse ? 0 : 1)) wrong.Add($"{vector.GetProperty("case").GetString()}: {run}");
        }
        Assert.True(vectors.RootElement.GetArrayLength() > 90);
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_finding_has_its_place_its_words_and_its_code()
    {
        string file = await WriteAsync("MAILTO=root\n0 0 * * *\ttar cf é-$(date +%F).tar /srv\n"u8.ToArray());
        ProgramResult json = await ProgramRun.RunAsync(Published.Console, ["crontab", "lint", "--json", file]);
        using JsonDocument document = JsonDocument.Parse(json.Output);
        JsonElement finding = Assert.Single(document.RootElement.GetProperty("findings").EnumerateArray());
        Assert.Equal(["line", "column", "severity", "code", "message", "hint"], finding.EnumerateObject().Select(member => member.Name));
        Assert.Equal((2, 28, "warning", "percent-in-format"),
            (finding.GetProperty("line").GetInt32(), finding.GetProperty("column").GetInt32(), finding.GetProperty("severity").GetString(), finding.GetProperty("code").GetString()));
        Assert.True(document.RootElement.GetProperty("accepted").GetBoolean());
        Assert.Equal(1, json.Code);

        ProgramResult text = await ProgramRun.RunAsync(Published.Console, ["crontab", "lint", file]);
        string[] lines = text.Output.Split('\n');
        Assert.StartsWith($"{file}:2:28: warning: ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" [percent-in-format]", lines[0], StringComparison.Ordinal);
        Assert.Equal('%', lines[1][lines[2].IndexOf('^', StringComparison.Ordinal)]);
        Assert.Contains("accepted by debian, 1 warning", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text.Output);
    }

    [Fact]
    public async Task Standard_input_system_tables_and_other_daemons_are_read_too()
    {
        ProgramResult good = await ProgramRun.RunAsync("/bin/sh", ["-c", $"printf '0 3 * * * root x\\n' | '{Published.Console}' crontab lint --system -"]);
        Assert.True(good.Code == 0, good.ToString());
        ProgramResult user = await ProgramRun.RunAsync("/bin/sh", ["-c", $"printf '0 3 * * * root x\\n' | '{Published.Console}' crontab lint -"]);
        Assert.Equal(1, user.Code);
        Assert.Contains("standard input:1:11: warning: ", user.Output, StringComparison.Ordinal);
        ProgramResult busybox = await ProgramRun.RunAsync("/bin/sh", ["-c", $"printf 'nonsense' | '{Published.Console}' crontab lint --dialect busybox --json -"]);
        Assert.Equal(1, busybox.Code);
        Assert.Contains("\"accepted\": true", busybox.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_code_is_listed_with_its_meaning()
    {
        ProgramResult text = await ProgramRun.RunAsync(Published.Console, ["crontab", "lint", "--codes"]);
        ProgramResult json = await ProgramRun.RunAsync(Published.Console, ["crontab", "lint", "--codes", "--json"]);
        using JsonDocument codes = JsonDocument.Parse(json.Output);
        Assert.Equal((0, 0), (text.Code, json.Code));
        Assert.All(codes.RootElement.GetProperty("codes").EnumerateArray(), code => Assert.Contains(code.GetProperty("code").GetString()!, text.Output, StringComparison.Ordinal));
        Assert.Contains("dropped-tail", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_named()
    {
        Refusal.Is(await ProgramRun.RunAsync(Published.Console, ["crontab", "lint", "/nonexistent/table"]), 2, "/nonexistent/table");
        Refusal.Is(await ProgramRun.RunAsync(Published.Console, ["crontab", "lint", _folder]), 2, _folder);
        Refusal.Is(await ProgramRun.RunAsync(Published.Console, ["crontab", "lint"]), 2, "cc-console crontab lint --help");
        Refusal.Is(await ProgramRun.RunAsync(Published.Console, ["crontab", "lint", "--dialect", "vixie", "/dev/null"]), 2, "vixie");
    }

    private async Task<string> WriteAsync(byte[] table)
    {
        string file = Path.Combine(_folder, "table");
        await File.WriteAllBytesAsync(file, table);
        return file;
    }
}
