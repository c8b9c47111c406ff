using CcConsole.Store.Sqlite;

namespace CcConsole.Store;

/// <summary>Remembered choices: theme, columns, filters, sort orders. Keys are dotted words, values the owner's own text.</summary>
public sealed class Preferences
{
    private readonly CacheDatabase _database;

    internal Preferences(CacheDatabase database) => _database = database;

    /// <summary>The value of a key; null when never set.</summary>
    public string? Get(string key) =>
        _database.Read(connection => connection.Scalar<string>("SELECT value FROM preference WHERE key = $1", key));

    /// <summary>Sets a key, or removes it when the value is null.</summary>
    public void Set(string key, string? value) => _database.Write(connection =>
    {
        if (value is null)
        {
            connection.Run("DELETE FROM preference WHERE key = $1", key);
        }
        else
        {
            connection.Run("INSERT INTO preference(key, value) VALUES ($1, $2) ON CONFLICT(key) DO UPDATE SET value = excluded.value", key, value);
        }
    });

    /// <summary>All keys with a prefix, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> List(string prefix = "") => _database.Read(connection => connection.List(
        row => KeyValuePair.Create(row.GetString(0), row.GetString(1)),
        "SELECT key, value FROM preference WHERE substr(key, 1, length($1)) = $1 ORDER BY key", prefix));
}
