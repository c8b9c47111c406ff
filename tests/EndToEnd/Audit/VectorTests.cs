using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Audit;

/// <summary>The chain vectors, entry by entry, through the published <c>audit verify --json</c>.</summary>
public sealed class VectorTests
{
    private static readonly string Folder = Path.Combine(Published.Tree, "tests/vectors/audit-chain");

    public static TheoryData<string> Files()
    {
        using JsonDocument expect = Expect();
        return [.. expect.RootElement.EnumerateObject().Select(file => file.Name)];
    }

    [Theory, MemberData(nameof(Files))]
    public async Task Every_vector_is_reproduced(string name)
    {
        using JsonDocument expect = Expect();
        JsonElement wanted = expect.RootElement.GetProperty(name);
        string path = Path.Combine(Folder, name);

        ProgramResult run = await ProgramRun.RunAsync(Published.Console, ["audit", "verify", "--json", path]);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement result = document.RootElement;

        Assert.Equal(path, result.GetProperty("file").GetString());
        Assert.Equal(wanted.GetProperty("entries").GetInt64(), result.GetProperty("entries").GetInt64());
        long? firstBad = wanted.GetProperty("first_bad").ValueKind == JsonValueKind.Null ? null : wanted.GetProperty("first_bad").GetInt64();
        JsonElement said = result.GetProperty("first_bad");
        Assert.Equal(firstBad, said.ValueKind == JsonValueKind.Null ? null : said.GetInt64());
        Assert.Equal(firstBad is null ? 0 : name.Contains("torn", StringComparison.Ordinal) ? 2 : 1, run.Code);
        if (wanted.TryGetProperty("head", out JsonElement head)) Assert.Equal(head.GetString(), result.GetProperty("head").GetString());
    }

    [Theory]
    [InlineData("truncated-after-15.ndjson", "ROLLBACK")]
    [InlineData("rewritten-from-genesis.ndjson", "FORK")]
    public async Task A_remembered_head_shows_what_the_file_alone_cannot(string name, string verdict)
    {
        using JsonDocument expect = Expect();
        JsonElement remembered = expect.RootElement.GetProperty(name).GetProperty("remembered");
        string head = $"{remembered.GetProperty("entries")}:{remembered.GetProperty("head").GetString()}";

        ProgramResult run = await ProgramRun.RunAsync(
            Published.Console, ["audit", "verify", "--json", "--remembered", head, Path.Combine(Folder, name)]);
        using JsonDocument document = JsonDocument.Parse(run.Output);

        Assert.Equal(1, run.Code);
        Assert.Equal(verdict, document.RootElement.GetProperty("verdict").GetString());
        Assert.NotEmpty(document.RootElement.GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task A_good_file_and_the_head_that_was_remembered_of_it_agree()
    {
        ProgramResult run = await ProgramRun.RunAsync(Published.Console,
            ["audit", "verify", "--remembered", "15:f95f4f7c382d405c80fa8e99c70a9077c1ba197090833250e670796044fca319", Path.Combine(Folder, "good-sorted.ndjson")]);

        Assert.True(run.Code == 0, run.ToString());
    }

    [Fact]
    public async Task A_file_that_is_not_there_could_not_be_read()
    {
        ProgramResult run = await ProgramRun.RunAsync(Published.Console, ["audit", "verify", "/nonexistent/chain.jsonl"]);

        Assert.Equal(3, run.Code);
        Assert.Contains("/nonexistent/chain.jsonl", run.Error, StringComparison.Ordinal);
    }

    private static JsonDocument Expect() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "expect.json")));
}
