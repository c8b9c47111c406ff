using System.Buffers;
using System.Text;
using CcConsole.Core.Audit;

namespace CcConsole.Core.Tests.Audit;

/// <summary>Chains whose values try the spelling: surrogates, controls, escapes, extremes, nesting.</summary>
internal static class AwkwardChain
{
    private static readonly string[] Pieces =
    [
        "\"", "\\", "/", "\b", "\f", "\n", "\r", "\t", "\0", "\u001f", "\u007f", "\u0080", "é", "日本", "\u2028", "🚀",
        "\ud800", "\udfff", "\udc00\ud800", "\uffff", "\u202e", "plain text", "\"hash\": \"", "{", "}", ", ", ": ", " ", "",
    ];

    /// <summary>A genesis and <paramref name="entries"/> more.</summary>
    public static ArrayBufferWriter<byte> Write(int entries, int seed)
    {
        var random = new Random(seed);
        var output = new ArrayBufferWriter<byte>();
        var encoder = new EntryEncoder("9f2c0d", 0, default);
        encoder.AppendGenesis(output, "web-1", "b007", 1_795_190_200_000_000, 0);
        for (var i = 0; i < entries; i++)
        {
            encoder.Append(
                output, AuditEvents.JobFinished, random.NextInt64(1_000_000, EntryEncoder.TimestampLimitMicros), random.NextInt64(), new("text", Text(random)),
                new("number", random.NextInt64(long.MinValue, long.MaxValue)), new("exit_code", random.Next(256)), new("flag", random.Next(2) == 0),
                new("nothing", (string?)null), new("list", [Text(random), Text(random)]), new("empty", Array.Empty<string>()),
                AuditMember.Object("nested", [new("z", Text(random)), new("a.b_c", 1), AuditMember.Object("deeper", [AuditMember.Object("empty", [])])]),
                AuditMember.Objects("objects", [[new("b", true), new("a", "x")], []]));
        }
        return output;
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(8); i > 0; i--)
            text.Append(random.Next(3) == 0 ? ((char)random.Next(0x10000)).ToString() : Pieces[random.Next(Pieces.Length)]);
        return text.ToString();
    }
}
