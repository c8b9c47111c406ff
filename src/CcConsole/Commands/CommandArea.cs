namespace CcConsole.Commands;

/// <summary>Where a command is at home. The order is that of the help and of the table of keys.</summary>
internal enum CommandArea
{
    /// <summary>On every screen.</summary>
    Everywhere,

    /// <summary>On every screen that shows a list.</summary>
    Lists,

    /// <summary>The list of hosts.</summary>
    Fleet,

    /// <summary>The jobs of a host.</summary>
    Jobs,

    /// <summary>The environment lines and comments of a table.</summary>
    Table,

    /// <summary>Plans for many hosts.</summary>
    Plans,

    /// <summary>The job editor.</summary>
    Editor,

    /// <summary>A run that was started from here.</summary>
    Run,

    /// <summary>The runs that go on.</summary>
    Running,

    /// <summary>The runs of a host as they are reported.</summary>
    Reports,

    /// <summary>The verified copy of a host's chain.</summary>
    Audit,

    /// <summary>The hosts' agents.</summary>
    Agents,
}
