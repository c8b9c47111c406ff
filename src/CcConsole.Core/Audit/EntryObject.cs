using System.Buffers;

namespace CcConsole.Core.Audit;

/// <summary>Writes members as objects: names checked, sorted by code point, each once.</summary>
internal static class EntryObject
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.");

    /// <summary>One object of both lists' members.</summary>
    public static void WriteObject(this EntryText text, ReadOnlySpan<AuditMember> own, ReadOnlySpan<AuditMember> members) =>
        WriteObject(text, own, members, 1);

    private static void WriteObject(EntryText text, ReadOnlySpan<AuditMember> own, ReadOnlySpan<AuditMember> members, int depth)
    {
        CheckDepth(depth);
        var rented = ArrayPool<AuditMember>.Shared.Rent(own.Length + members.Length);
        var sorted = rented.AsSpan(0, own.Length + members.Length);
        own.CopyTo(sorted);
        members.CopyTo(sorted[own.Length..]);
        try
        {
            WriteSorted(text, sorted, depth);
        }
        finally
        {
            sorted.Clear();
            ArrayPool<AuditMember>.Shared.Return(rented);
        }
    }

    private static void WriteSorted(EntryText text, Span<AuditMember> members, int depth)
    {
        foreach (ref readonly var member in members)
        {
            if (string.IsNullOrEmpty(member.Name) || member.Name.AsSpan().ContainsAnyExcept(NameCharacters))
                throw new ProblemException($"\"{member.Name}\" cannot name a member of an audit entry", "use lower-case letters, digits, underscores and dots");
        }
        // The names are ASCII: ordinal order is code point order.
        members.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        text.Write((byte)'{');
        for (var i = 0; i < members.Length; i++)
        {
            if (i > 0)
            {
                if (members[i].Name == members[i - 1].Name)
                    throw new ProblemException($"an audit entry has the member {members[i].Name} twice", "give one of them another name");
                text.Write(", "u8);
            }
            text.WriteQuoted(members[i].Name);
            text.Write(": "u8);
            WriteValue(text, members[i], depth);
        }
        text.Write((byte)'}');
    }

    private static void WriteValue(EntryText text, in AuditMember member, int depth)
    {
        switch (member.Type)
        {
            case AuditMember.Kind.Null: text.Write("null"u8); break;
            case AuditMember.Kind.Text: text.WriteQuoted((string)member.Reference!); break;
            case AuditMember.Kind.Number: text.Write(member.Whole); break;
            case AuditMember.Kind.Flag: text.Write(member.Whole != 0 ? "true"u8 : "false"u8); break;
            case AuditMember.Kind.Seconds: text.WriteSeconds(member.Whole); break;
            case AuditMember.Kind.Head: text.WriteHead(); break;
            case AuditMember.Kind.Texts: WriteTexts(text, (IReadOnlyList<string>)member.Reference!, depth + 1); break;
            case AuditMember.Kind.Members: WriteMembers(text, (IReadOnlyList<AuditMember>)member.Reference!, depth + 1); break;
            case AuditMember.Kind.Objects: WriteObjects(text, (IReadOnlyList<IReadOnlyList<AuditMember>>)member.Reference!, depth + 1); break;
            default: throw new InvalidOperationException($"a member of kind {member.Type}");
        }
    }

    private static void WriteTexts(EntryText text, IReadOnlyList<string> values, int depth)
    {
        CheckDepth(depth);
        text.Write((byte)'[');
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0)
                text.Write(", "u8);
            text.WriteQuoted(values[i]);
        }
        text.Write((byte)']');
    }

    private static void WriteMembers(EntryText text, IReadOnlyList<AuditMember> members, int depth) =>
        WriteObject(text, [], members as AuditMember[] ?? [.. members], depth);

    private static void WriteObjects(EntryText text, IReadOnlyList<IReadOnlyList<AuditMember>> objects, int depth)
    {
        CheckDepth(depth);
        text.Write((byte)'[');
        for (var i = 0; i < objects.Count; i++)
        {
            if (i > 0)
                text.Write(", "u8);
            WriteMembers(text, objects[i], depth + 1);
        }
        text.Write((byte)']');
    }

    private static void CheckDepth(int depth)
    {
        if (depth > EntryLimits.MaxDepth)
            throw new ProblemException($"an audit entry is nested more than {EntryLimits.MaxDepth} levels deep", "record the nested part as text");
    }
}
