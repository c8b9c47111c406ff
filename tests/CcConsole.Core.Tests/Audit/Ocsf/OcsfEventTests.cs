using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Ocsf;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Ocsf;

public sealed class OcsfEventTests
{
    private static readonly int[] Severities = [0, 1, 2, 3, 4, 5, 6, 99];

    public static TheoryData<string> Events => [.. typeof(AuditEvents).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!), "something.new"];

    // The required attributes of the schema 1.7.0, and those of which it wants one at least.
    [Theory]
    [MemberData(nameof(Events))]
    public void Every_event_has_what_its_class_requires(string name)
    {
        string line = Line(name, new("job_id", "backup"), new("command", "/bin/true"), new("user", "root"), new("uid", 0), new("run_id", "r1"), new("actor", "kim"), new("table", "kim"), new("exit_code", 3));
        foreach (string entry in (string[])[line, Line(name)])
        {
            JsonElement told = Of(entry);
            int kind = told.GetProperty("class_uid").GetInt32(), activity = told.GetProperty("activity_id").GetInt32();
            Assert.Equal(1, told.GetProperty("category_uid").GetInt32());
            Assert.Equal((kind * 100) + activity, told.GetProperty("type_uid").GetInt32());
            Assert.Contains(told.GetProperty("severity_id").GetInt32(), Severities);
            Assert.InRange(told.GetProperty("status_id").GetInt32(), 0, 2);
            Assert.Equal(1_795_190_201_619, told.GetProperty("time").GetInt64());
            Assert.Equal("1.7.0", told.GetProperty("metadata").GetProperty("version").GetString());
            Assert.NotEmpty(told.GetProperty("metadata").GetProperty("product").GetProperty("name").GetString()!);
            Assert.NotEmpty(told.GetProperty("metadata").GetProperty("product").GetProperty("vendor_name").GetString()!);
            Assert.Equal(name, told.GetProperty("metadata").GetProperty("event_code").GetString());
            Assert.Equal("web01", told.GetProperty("device").GetProperty("hostname").GetString());
            Assert.Equal(0, told.GetProperty("device").GetProperty("type_id").GetInt32());
            AssertOneOf(told.GetProperty("actor"), "process", "user", "session", "app_name", "app_uid");
            int[] activities = kind switch { 1006 => [1, 2, 3, 4, 5, 6, 99], 1007 => [1, 2, 3, 4, 5, 99], 1008 => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99], _ => [] };
            Assert.Contains(activity, activities);
            switch (kind)
            {
                case 1006:
                    Assert.NotEmpty(told.GetProperty("job").GetProperty("name").GetString()!);
                    Assert.NotEmpty(told.GetProperty("job").GetProperty("file").GetProperty("name").GetString()!);
                    Assert.InRange(told.GetProperty("job").GetProperty("file").GetProperty("type_id").GetInt32(), 0, 7);
                    break;
                case 1007:
                    AssertOneOf(told.GetProperty("process"), "pid", "uid");
                    Assert.NotEmpty(told.GetProperty("process").GetProperty("uid").GetString()!);
                    break;
                default:
                    AssertOneOf(told, "log_file", "log_name", "log_provider", "log_type", "log_type_id");
                    break;
            }
        }
    }

    [Theory]
    [InlineData("job.started", 100606)]
    [InlineData("job.finished", 100702)]
    [InlineData("job.missed", 100606)]
    [InlineData("crontab.edited", 100602)]
    [InlineData("agent.started", 100806)]
    [InlineData("audit.rotate", 100805)]
    [InlineData("console.pulled", 100803)]
    [InlineData("audit.shrunk", 100802)]
    [InlineData("something.new", 100899)]
    public void An_event_has_its_type(string name, int type) => Assert.Equal(type, Of(Line(name)).GetProperty("type_uid").GetInt32());

    [Fact]
    public void A_table_that_was_made_or_removed_is_told_so()
    {
        Assert.Equal(100601, Of(Line("crontab.edited", new("sha256_before", (string?)null), new("sha256_after", "aa"))).GetProperty("type_uid").GetInt32());
        Assert.Equal(100603, Of(Line("crontab.changed", new("sha256_before", "aa"), new("sha256_after", (string?)null))).GetProperty("type_uid").GetInt32());
    }

    [Theory]
    [InlineData("applied", "Success")]
    [InlineData("failed", "Failure")]
    [InlineData("refused", "Failure")]
    [InlineData("unknown", "Unknown")]
    [InlineData("open", "Unknown")]
    [InlineData(null, "Success")]
    public void An_edit_has_the_status_of_its_outcome(string? outcome, string status) =>
        Assert.Equal(status, Of(Line("crontab.edited", new("sha256_before", "aa"), new("sha256_after", "bb"), new("outcome", outcome))).GetProperty("status").GetString());

    [Fact]
    public void An_entry_of_a_console_is_told_as_the_console_s_about_the_host_that_it_names()
    {
        JsonElement edit = JsonDocument.Parse(OcsfEvent.Of(Encoding.UTF8.GetBytes(Line("crontab.edited", new("host", "db01"), new("origin", "desk"))), ".console", ofConsole: true)).RootElement;
        JsonElement opened = JsonDocument.Parse(OcsfEvent.Of(Encoding.UTF8.GetBytes(Line("audit.opened", new AuditMember("origin", "desk"))), ".console", ofConsole: true)).RootElement;
        Assert.Equal(("db01", "desk"), (edit.GetProperty("device").GetProperty("hostname").GetString(), opened.GetProperty("device").GetProperty("hostname").GetString()));
        foreach (JsonElement told in (JsonElement[])[edit, opened])
        {
            Assert.Equal("cc-console", told.GetProperty("metadata").GetProperty("log_provider").GetString());
            Assert.Equal("cc-console", told.GetProperty("actor").GetProperty("app_name").GetString());
        }

        Assert.Equal("cc-console", opened.GetProperty("log_provider").GetString());
        // A host's own entry may name another host, and is still that host's.
        Assert.Equal("web01", Of(Line("witness.head", new AuditMember("host", "db01"))).GetProperty("device").GetProperty("hostname").GetString());
    }

    [Fact]
    public void The_entry_is_found_again_by_its_hash_and_verified_from_the_event_alone()
    {
        string line = Line("job.finished", new("command", "echo \"\u00fc\u001b[31m\ud83d \u202e\n"), new("exit_code", 1), new("sandbox", "strict"));
        byte[] json = OcsfEvent.Of(Encoding.ASCII.GetBytes(line), "web01");
        Assert.DoesNotContain((byte)'\n', json);
        Assert.DoesNotContain((byte)0x1b, json);
        JsonElement told = JsonDocument.Parse(json).RootElement;
        Assert.Equal(line, told.GetProperty("raw_data").GetString());
        Assert.Equal(line.Length, told.GetProperty("raw_data_size").GetInt64());
        Assert.Equal(Sha256.Hash(Encoding.ASCII.GetBytes(line)).ToString(), told.GetProperty("raw_data_hash").GetProperty("value").GetString());
        JsonElement entry = JsonDocument.Parse(line).RootElement;
        Assert.Equal(entry.GetProperty("hash").GetString(), told.GetProperty("metadata").GetProperty("uid").GetString());
        JsonElement unmapped = told.GetProperty("unmapped");
        foreach (string name in (string[])["chain", "hash", "prev_hash", "sandbox"])
            Assert.Equal(entry.GetProperty(name).GetString(), unmapped.GetProperty(name).GetString());
        Assert.Equal("0", unmapped.GetProperty("seq").GetString());
        Assert.Equal(1, told.GetProperty("exit_code").GetInt32());
        Assert.Equal("echo \"\u00fc\u001b[31m\ufffd \u202e\n", told.GetProperty("process").GetProperty("cmd_line").GetString());

        ChainVerifier verifier = ChainVerifier.Start();
        Assert.True(verifier.Append([.. Encoding.ASCII.GetBytes(told.GetProperty("raw_data").GetString()!), (byte)'\n']));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("{\"event\": \"job.finished\", \"exit_code\": ")]
    [InlineData("{\"event\": [1], \"timestamp\": \"x\", \"seq\": 99999999999999999999}")]
    [InlineData("[]")]
    public void A_line_that_is_no_entry_is_told_with_the_line(string line)
    {
        JsonElement told = Of(line);
        Assert.Equal(line, told.GetProperty("raw_data").GetString());
        Assert.Equal(0, told.GetProperty("time").GetInt64());
    }

    private static void AssertOneOf(JsonElement element, params string[] names) => Assert.Contains(names, name => element.TryGetProperty(name, out _));

    private static JsonElement Of(string line) => JsonDocument.Parse(OcsfEvent.Of(Encoding.UTF8.GetBytes(line), "web01")).RootElement;

    private static string Line(string name, params AuditMember[] members)
    {
        ArrayBufferWriter<byte> output = new();
        new EntryEncoder("9f2c", 0, default).Append(output, name, 1_795_190_201_619_942, 81, members);
        return Encoding.ASCII.GetString(output.WrittenSpan[..^1]);
    }
}
