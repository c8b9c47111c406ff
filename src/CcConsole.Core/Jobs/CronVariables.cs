namespace CcConsole.Core.Jobs;

/// <summary>An environment as the daemons keep one: bytes, a name once, in the order of its first setting.</summary>
internal sealed class CronVariables
{
    private readonly List<byte[]> _variables = [];

    /// <summary>Each as <c>NAME=VALUE</c>.</summary>
    public IReadOnlyList<byte[]> All => _variables;

    /// <summary>The value; null when there is none of that name.</summary>
    public byte[]? Find(ReadOnlySpan<byte> name)
    {
        var at = IndexOf(name);
        return at < 0 ? null : _variables[at][(name.Length + 1)..];
    }

    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        byte[] variable = [.. name, (byte)'=', .. value];
        var at = IndexOf(name);
        if (at < 0)
        {
            _variables.Add(variable);
        }
        else
        {
            _variables[at] = variable;
        }
    }

    public void SetDefault(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (IndexOf(name) < 0)
        {
            Set(name, value);
        }
    }

    public void Remove(ReadOnlySpan<byte> name)
    {
        if (IndexOf(name) is >= 0 and var at)
        {
            _variables.RemoveAt(at);
        }
    }

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _variables.Count; i++)
        {
            var variable = _variables[i].AsSpan();
            if (variable.Length > name.Length && variable[name.Length] == '=' && variable.StartsWith(name))
            {
                return i;
            }
        }

        return -1;
    }
}
