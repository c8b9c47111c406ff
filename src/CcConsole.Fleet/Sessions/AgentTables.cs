using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Changes;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Sessions;

/// <summary>Tables by the host's agent, which records each write in the host's audit chain.</summary>
internal sealed class AgentTables(AgentSession agent, FleetOptions options) : ITableAccess
{
    // Another session's edit of the table (45 s), and one without the agent (30 s).
    private static readonly TimeSpan EditWaits = TimeSpan.FromSeconds(75);

    public async Task<TableSnapshot> ReadAsync(TableId? table, CancellationToken cancellation) => Snapshot(
        await agent.RequestAsync(Methods.CrontabRead, new CrontabReadParams(table?.Name),
            ProtocolJson.Default.CrontabReadParams, ProtocolJson.Default.CrontabReadResult, cancellation).ConfigureAwait(false));

    public async Task<TableSnapshot> SettleAsync(TableId? table, string token, CancellationToken cancellation) => Snapshot(
        await agent.RequestAsync(Methods.CrontabSettle, new CrontabSettleParams(token, table?.Name),
            ProtocolJson.Default.CrontabSettleParams, ProtocolJson.Default.CrontabReadResult, EditWaits, cancellation).ConfigureAwait(false));

    public async Task<TableWriteResult> WriteAsync(ChangePlan plan, string token, CancellationToken cancellation)
    {
        CrontabWriteParams parameters = new(plan.Removes ? [] : plan.After.ToArray(), options.Actor, options.Origin, plan.Existed ? plan.BeforeSha256 : null,
            plan.IsOwnTable ? null : plan.Table.Name, plan.Reason.Length > 0 ? plan.Reason : plan.Description, token, plan.Removes);
        CrontabWriteResult result;
        try
        {
            result = await agent.RequestAsync(Methods.CrontabWrite, parameters, ProtocolJson.Default.CrontabWriteParams,
                ProtocolJson.Default.CrontabWriteResult, EditWaits, cancellation).ConfigureAwait(false);
        }
        catch (AgentProblemException e) when (e.Code is RpcErrorCode.AuditUnavailable or RpcErrorCode.Refused or RpcErrorCode.InvalidParams or RpcErrorCode.MethodNotFound)
        {
            // The agent says that it has written nothing.
            return new TableWriteResult(TableWriteOutcome.Rejected, plan.Before, e.Hint.Length > 0 ? $"{e.Message}. {e.Hint}" : e.Message);
        }

        TableWriteOutcome outcome = result.Outcome switch
        {
            CrontabWriteOutcome.Written => TableWriteOutcome.Written,
            CrontabWriteOutcome.Conflict => TableWriteOutcome.Conflict,
            CrontabWriteOutcome.Rejected => TableWriteOutcome.Rejected,
            _ => TableWriteOutcome.Failed,
        };
        return new TableWriteResult(outcome, outcome == TableWriteOutcome.Failed ? null : result.Current, Plain.Text(result.Message), result.AuditSeq,
            result.Displaced is { } displaced ? (ReadOnlyMemory<byte>?)displaced : null);
    }

    private TableSnapshot Snapshot(CrontabReadResult read) =>
        new(TableId.Parse(read.Table), read.Exists, read.Content, CronDialects.Of(read.Dialect), options.Time.GetUtcNow());
}
