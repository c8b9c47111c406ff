using System.Text.Json.Serialization;
using CcConsole.Core.Protocol;

namespace CcAgent.Edits;

/// <summary>An edit of a table that was begun: what is known before its first byte is written, so that it is recorded whatever becomes of its session.</summary>
/// <param name="Entry">The entry that the chain gets once the edit is made.</param>
/// <param name="Token">What the write is called by, to wait for its end or to forbid its beginning.</param>
/// <param name="Back">What the write is called by that takes it back, should it not be recorded.</param>
/// <param name="Chain">The chain's entries before this one cannot be of this edit.</param>
/// <param name="Uid">The session's user.</param>
internal sealed record PendingEdit(AuditAppendParams Entry, string Token, string Back, long Chain, uint Uid)
{
    /// <summary>Why an edit is recorded by another than its own session.</summary>
    internal const string SessionEnded = "its session ended before it was recorded";

    /// <summary>The table as the scripts call it; null for the login user's own.</summary>
    public string? Table { get; init; }

    /// <summary>The id by which its entry is known in the chain.</summary>
    [JsonIgnore]
    internal string Id => Entry.Edit!;

    /// <summary>The entry for an edit that was settled later.</summary>
    /// <param name="now">SHA-256 of the table as it is; null when there is none.</param>
    /// <param name="why">Why it did not.</param>
    internal AuditAppendParams Settled(string? now, string why = SessionEnded) => Entry with
    {
        After = now,
        Settled = now == Entry.After
            ? $"{why}; this was settled later, from what the session had noted"
            : $"{why}; it was to make {Entry.After ?? "no table"} of it, and whether it did is not known, for the table is another by now",
    };
}

/// <summary>The JSON form of it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PendingEdit))]
internal sealed partial class EditJson : JsonSerializerContext;
