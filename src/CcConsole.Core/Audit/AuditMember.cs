using System.Text;
using System.Text.Unicode;

namespace CcConsole.Core.Audit;

/// <summary>
/// One member of an entry: a name of <c>[a-z0-9_.]+</c> and a value. Whole numbers only: a float's spelling differs
/// between writers, and the hash covers the spelling.
/// </summary>
public readonly struct AuditMember
{
    internal enum Kind : byte
    {
        Null,
        Text,
        Number,
        Flag,
        Texts,
        Members,
        Objects,
        Seconds,
        Head,
    }

    private AuditMember(string name, Kind kind, object? reference, long number = 0)
    {
        Name = name;
        Type = kind;
        Reference = reference;
        Whole = number;
    }

    /// <summary>A text, or null. Any UTF-16 is allowed: a lone surrogate is written as its escape, as Python does.</summary>
    public AuditMember(string name, string? value)
        : this(name, value is null ? Kind.Null : Kind.Text, value)
    {
    }

    /// <summary>A whole number.</summary>
    public AuditMember(string name, long value)
        : this(name, Kind.Number, null, value)
    {
    }

    /// <summary>A truth value.</summary>
    public AuditMember(string name, bool value)
        : this(name, Kind.Flag, null, value ? 1 : 0)
    {
    }

    /// <summary>An array of texts.</summary>
    public AuditMember(string name, IReadOnlyList<string> values)
        : this(name, Kind.Texts, values)
    {
    }

    /// <summary>A nested object.</summary>
    public static AuditMember Object(string name, IReadOnlyList<AuditMember> members) => new(name, Kind.Members, members);

    /// <summary>An array of objects.</summary>
    public static AuditMember Objects(string name, IReadOnlyList<IReadOnlyList<AuditMember>> objects) => new(name, Kind.Objects, objects);

    /// <summary>
    /// Bytes that are text as a rule, such as a command: valid UTF-8 under <paramref name="name"/> itself, anything
    /// else in base64 under the name with <c>_b64</c> appended.
    /// </summary>
    public static AuditMember Bytes(string name, ReadOnlySpan<byte> value) => Utf8.IsValid(value)
        ? new AuditMember(name, Encoding.UTF8.GetString(value))
        : new AuditMember(name + "_b64", Convert.ToBase64String(value));

    /// <summary>Stands for the chain's head, which the encoder writes: a hash kept here would be boxed for each entry.</summary>
    internal static AuditMember Head(string name) => new(name, Kind.Head, null);

    internal static AuditMember Seconds(string name, long micros) => new(name, Kind.Seconds, null, micros);

    /// <summary>The name, under which the value is sorted.</summary>
    public string Name { get; }

    internal Kind Type { get; }

    internal object? Reference { get; }

    internal long Whole { get; }
}
