using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CcConsole.Core.Audit;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

public sealed class Sha256BatchTests
{
    /// <summary>Those of the widths that this processor has.</summary>
    public static TheoryData<int> Widths
    {
        get
        {
            TheoryData<int> widths = [1];
            if (Sha256Lanes4.IsSupported)
                widths.Add(4);
            if (Sha256Lanes8.IsSupported)
                widths.Add(8);
            if (Sha256Lanes16.IsSupported)
                widths.Add(16);
            return widths;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_length_up_to_300_agrees_with_the_base_class_library(int lanes) => Check(lanes, [.. Enumerable.Range(0, 1204).Select(i => i / 4)], seed: 1);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Any_number_of_messages_of_any_lengths_agrees(int lanes)
    {
        var random = new Random(3);
        for (var count = 0; count < 70; count++)
            Check(lanes, [.. Enumerable.Range(0, count).Select(_ => 1 + random.Next(random.Next(2) == 0 ? 70 : 5000))], count);
    }

    [Fact]
    public void The_widest_lanes_that_the_processor_has_are_taken() => Assert.Equal(Widths.Last().Data, Sha256Batch.Lanes);

    [Fact]
    public void The_function_for_16_messages_that_is_linked_into_the_executables_agrees()
    {
        using var linked = new LinkedKernel();
        var kernel = linked.Find("cc_sha256_lanes16");
        // It asks the processor itself, and must come to the same as the runtime.
        Assert.Equal(Sha256Lanes16.IsSupported, kernel != 0);
        if (kernel == 0)
            return;
        Check(16, [.. Enumerable.Range(0, 1204).Select(i => i / 4)], seed: 1, kernel);
        Check(16, [.. Enumerable.Range(0, 100).Select(i => i * i)], seed: 2, kernel);
    }

    [Fact]
    public void The_function_for_one_message_that_is_linked_into_the_executables_agrees()
    {
        using var linked = new LinkedKernel();
        var kernel = linked.Find("cc_sha256_one");
        // The system's word for the SHA extensions; on other processors than x86's there is no such line.
        Assert.Equal(File.ReadLines("/proc/cpuinfo").Any(line => line.StartsWith("flags", StringComparison.Ordinal) && line.Split(' ').Contains("sha_ni")), kernel != 0);
        if (kernel == 0)
            return;
        var bytes = new byte[20_000];
        new Random(4).NextBytes(bytes);
        foreach (var blocks in (int[])[0, 1, 2, 3, 63, 64, 65, 300])
        {
            uint[] expected = [.. Sha256Block.InitialState], found = [.. expected];
            // From a place that is not aligned.
            Sha256Block.CompressPortable(expected, bytes.AsSpan(1, blocks * Sha256.BlockSize));
            Sha256Block.CompressLinked(kernel, found, bytes.AsSpan(1, blocks * Sha256.BlockSize));
            Assert.Equal(expected, found);
        }
    }

    private static void Check(int lanes, int[] lengths, int seed, nint kernel = 0)
    {
        var random = new Random(seed);
        var bytes = GC.AllocateUninitializedArray<byte>(lengths.Sum() + 1, pinned: true);
        random.NextBytes(bytes);
        var messages = new Sha256Message[lengths.Length];
        var expected = new Hash32[lengths.Length];
        var at = 0;
        for (var i = 0; i < lengths.Length; i++)
        {
            // The bytes before and behind lie elsewhere: here they are others than those that stand there.
            var (before, behind) = ((short)(random.Next(2) == 0 ? -1 : random.Next(256)), (short)(random.Next(2) == 0 ? -1 : random.Next(256)));
            byte[] message = [.. before < 0 ? [] : new[] { (byte)before }, .. bytes.AsSpan(at, lengths[i]), .. behind < 0 ? [] : new[] { (byte)behind }];
            messages[i] = new Sha256Message(Marshal.UnsafeAddrOfPinnedArrayElement(bytes, at), lengths[i], before, behind);
            expected[i] = new Hash32(SHA256.HashData(message));
            at += lengths[i];
        }
        var hashes = new Hash32[lengths.Length];
        Sha256Batch.Hash(messages, hashes, lanes, kernel);
        Assert.Equal(expected, hashes);
    }

    /// <summary>The functions as the C compiler makes them for the executables, in a library of their own.</summary>
    private sealed class LinkedKernel : IDisposable
    {
        private const string Name = "src/CcConsole.Core/Audit/Native/sha256_x86.c";

        private readonly TempFolder _folder = new();
        private readonly nint _library;

        internal LinkedKernel()
        {
            var library = Path.Combine(_folder.Path, "libcc_sha256.so");
            using var compiler = Process.Start("gcc", ["-std=gnu11", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror", "-o", library, Source()]);
            compiler.WaitForExit();
            Assert.Equal(0, compiler.ExitCode);
            _library = NativeLibrary.Load(library);
        }

        internal unsafe nint Find(string function) => ((delegate* unmanaged<nint>)NativeLibrary.GetExport(_library, function))();

        public void Dispose()
        {
            NativeLibrary.Free(_library);
            _folder.Dispose();
        }

        private static string Source()
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, Name)))
                folder = Path.GetDirectoryName(folder) ?? throw new FileNotFoundException(Name);
            return Path.Combine(folder, Name);
        }
    }
}
