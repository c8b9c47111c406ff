using CcConsole.Core.Protocol;
using CcConsole.Core.Reports;

namespace CcAgent.Journal;

/// <summary>Hears what is recorded, on the daemon's thread and before it is durable.</summary>
internal interface IRecordListener
{
    /// <summary>A run, and who reported it as the kernel says.</summary>
    void Reported(ExecutionReport report, uint uid);

    /// <summary>An entry that `serve` asked for.</summary>
    void Appended(AuditAppendParams entry);
}
