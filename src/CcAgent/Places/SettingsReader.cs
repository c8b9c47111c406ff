using System.Text.Json;
using CcConsole.Core;

namespace CcAgent.Places;

/// <summary>Reads the members of a settings file strictly: each once, each with a value of its kind. Its errors name file, line and member.</summary>
internal ref struct SettingsReader
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly string _path;
    private readonly string _hint;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private Utf8JsonReader _reader;
    private string _member = "";
    private long _nameAt;

    /// <param name="json">The file's text.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="hint">Which settings there are.</param>
    internal SettingsReader(ReadOnlySpan<byte> json, string path, string hint)
    {
        _json = json;
        _path = path;
        _hint = hint;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        Step();
    }

    /// <summary>The name of the next member of the object that is being read; null at its end.</summary>
    /// <param name="parent">The object's own name; empty for the whole.</param>
    internal string? NextMember(string parent)
    {
        if (_reader.TokenType != JsonTokenType.PropertyName && _reader.TokenType != JsonTokenType.EndObject)
        {
            if (_reader.TokenType == JsonTokenType.StartObject)
                Step();
            else
                throw Wrong(parent.Length == 0 ? "it is not a JSON object" : $"\"{parent}\" is not an object");
        }

        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            if (parent.Length > 0)
                Step();
            return null;
        }

        var name = Name();
        _member = parent.Length == 0 ? name : parent + "." + name;
        if (!_seen.Add(_member))
            throw Wrong($"\"{_member}\" occurs twice");
        if (_seen.Count > 64)
            throw Wrong("it has too many members");
        _nameAt = _reader.TokenStartIndex;
        Step();
        return name;
    }

    /// <summary>A whole number.</summary>
    internal int Number(int least, int most)
    {
        if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt32(out var number) || number < least || number > most)
            throw Wrong($"\"{_member}\" is not a whole number from {least} to {most}");
        Step();
        return number;
    }

    /// <summary>True or false.</summary>
    internal bool Truth()
    {
        if (_reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
            throw Wrong($"\"{_member}\" is neither true nor false");
        var truth = _reader.TokenType == JsonTokenType.True;
        Step();
        return truth;
    }

    /// <summary>A text of a kind.</summary>
    internal string Text(Func<string, bool> good, string kind)
    {
        string? text = null;
        if (_reader.TokenType == JsonTokenType.String)
            text = Name();
        if (text is null || !good(text))
            throw Wrong($"\"{_member}\" is not {kind}");
        Step();
        return text;
    }

    /// <summary>What is wrong with a member that is no setting.</summary>
    internal readonly ProblemException Unknown() => Wrong($"there is no setting \"{_member}\"", _nameAt);

    /// <summary>Requires that nothing follows.</summary>
    internal void End()
    {
        try
        {
            _ = _reader.Read();
        }
        catch (JsonException e)
        {
            throw NotJson(e);
        }
    }

    private readonly string Name()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong("this is not Unicode text");
        }
    }

    private void Step()
    {
        try
        {
            if (!_reader.Read())
                throw Wrong("it is not a JSON object");
        }
        catch (JsonException e)
        {
            throw NotJson(e);
        }
    }

    private readonly ProblemException NotJson(JsonException e) =>
        new($"{_path}, line {(e.LineNumber ?? 0) + 1}: this is not JSON", "correct the file", e);

    private readonly ProblemException Wrong(string what) => Wrong(what, _reader.TokenStartIndex);

    private readonly ProblemException Wrong(string what, long offset) =>
        new($"{_path}, line {1 + _json[..(int)offset].Count((byte)'\n')}: {what}", "correct the file; " + _hint);
}
