using System.Text;
using CcConsole.Core.Audit;
using CcConsole.Fleet.Changes;
using CcConsole.Store.Changes;

namespace CcConsole.Fleet.Audit;

/// <summary>What the console's own chain says of changes of tables.</summary>
internal static class OwnRecords
{
    // Characters of a text in an entry: each costs six bytes at most, and a line has 64 KiB.
    private const int LongText = 8 * 1024;

    /// <summary>A plan that was sent; nothing is said of one that was refused before.</summary>
    public static void Applied(OwnChain own, ChangeResult result)
    {
        if (result.Outcome != ChangeOutcome.Refused)
        {
            ChangePlan plan = result.Plan;
            own.Record(AuditEvents.CrontabEdited, plan.Host, Members(plan.Table.Name, plan.Description, plan.Existed, plan.Before, plan.Removes, plan.After,
                result.IsSettled ? result.Outcome.ToString() : "open", result.Change, plan.Reason));
        }
    }

    /// <summary>A change that had been interrupted, once its end is known.</summary>
    public static void Settled(OwnChain own, ChangeRecord change) => own.Record(AuditEvents.CrontabEdited, change.Host,
        Members(change.Table, change.Description, change.Existed, change.Before, change.Removes, change.After, change.Outcome?.ToString() ?? "open", change.Id, ""));

    private static IEnumerable<AuditMember> Members(
        string table, string description, bool existed, ReadOnlyMemory<byte> before, bool removes, ReadOnlyMemory<byte> after, string outcome, long? change, string reason)
    {
        yield return new("table", table);
        yield return new("description", Cut(description));
        yield return new("sha256_before", existed ? Sha256.Hash(before.Span).ToString() : null);
        yield return new("sha256_after", removes ? null : Sha256.Hash(after.Span).ToString());
        yield return new("outcome", outcome.ToLowerInvariant());
        yield return new("diff", Cut(Text(TableDiff.Between(before.Span, after.Span))));
        if (change is { } number)
        {
            yield return new("change", number);
        }

        if (reason.Length > 0)
        {
            yield return new("reason", Cut(reason));
        }
    }

    private static string Text(TableDiff diff)
    {
        StringBuilder text = new();
        foreach (DiffLine line in diff.Lines)
        {
            if (line.Kind != DiffKind.Same)
            {
                text.Append(line.Kind == DiffKind.Added ? '+' : '-').Append(line.Text).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>The start of a text that is too long, with what stands for the rest: its digest and its length.</summary>
    internal static string Cut(string text)
    {
        if (text.Length <= LongText)
        {
            return text;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int end = char.IsHighSurrogate(text[LongText - 1]) ? LongText - 1 : LongText;
        return $"{text.AsSpan(0, end)} [… cut; all {bytes.Length} bytes: sha256 {Sha256.Hash(bytes)}]";
    }
}
