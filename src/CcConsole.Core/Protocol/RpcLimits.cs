namespace CcConsole.Core.Protocol;

/// <summary>The version of the protocol between console and agent, and the sizes that both keep to.</summary>
public static class RpcLimits
{
    /// <summary>The version of the protocol that this code speaks. A higher one stays able to speak the lower ones.</summary>
    public const int ProtocolVersion = 1;

    /// <summary>The most bytes of one message, its newline not counted: 4 MiB.</summary>
    public const int MaxMessageBytes = 4 * 1024 * 1024;

    /// <summary>About how many bytes of audit lines travel in one message (before base64), unless one line is longer.</summary>
    public const int AuditBatchBytes = 256 * 1024;

    /// <summary>The most bytes of live output in one message (before base64).</summary>
    public const int OutputBatchBytes = 32 * 1024;

    /// <summary>The most bytes of what was found on a host in one message (before base64).</summary>
    public const int DiscoveryBatchBytes = 256 * 1024;

    /// <summary>The deepest nesting that a message may have: a report's, and what is around it.</summary>
    public const int MaxDepth = 72;
}
