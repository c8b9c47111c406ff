using System.Runtime.InteropServices;

namespace CcAgent.Native;

/// <summary>A null-terminated array of C strings, for arguments and environments.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly byte** _array;

    internal NativeStrings(IReadOnlyList<byte[]> strings)
    {
        var size = (nuint)((strings.Count + 1) * sizeof(byte*));
        var total = size;
        foreach (var text in strings)
            total += (nuint)text.Length + 1;
        _array = (byte**)NativeMemory.Alloc(total);
        var at = (byte*)_array + size;
        for (var i = 0; i < strings.Count; i++)
        {
            _array[i] = at;
            strings[i].CopyTo(new Span<byte>(at, strings[i].Length));
            at += strings[i].Length;
            *at++ = 0;
        }

        _array[strings.Count] = null;
    }

    internal byte** Pointer => _array;

    public void Dispose() => NativeMemory.Free(_array);
}
