namespace CcConsole.Tui.Widgets;

/// <summary>
/// Rows too many to be held, read as they come into view: a table asks for a key's place and a place's key instead of looking at every
/// row. Reading a row that is in view already allocates nothing.
/// </summary>
/// <typeparam name="T">The rows' type.</typeparam>
public interface IRowSource<out T> : IReadOnlyList<T>
{
    /// <summary>The place of the row with a key; -1 when there is none.</summary>
    int IndexOf(object key);

    /// <summary>The key of the row at a place.</summary>
    object KeyAt(int index);
}
