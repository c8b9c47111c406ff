using System.Net.Sockets;
using System.Text;
using CcAgent.Tests.Harness;

namespace CcAgent.Tests.Daemon;

/// <summary>What hostile clients do: each kind with one connection. What they hold open lies in a list that the caller bounds.</summary>
internal sealed class HostileKinds
{
    private static readonly byte[] Endless = Text("{\"jobId\":\"" + new string('x', 1_200_000)), Blank = Text(new string(' ', 1_200_000)),
        Half = Text("{\"stdout\":\"" + new string('y', 200_000)), Deep = Text("{\"a\":" + new string('[', 100_000)),
        Wide = Text("{" + string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"k{i}\":{i}")) + "}");

    private readonly Random _random;
    private readonly string _socket;
    private static readonly byte[] Report = Encoding.UTF8.GetBytes(SocketClient.Minimal);
    private readonly Queue<Socket> _held = new();
    private readonly byte[] _buffer = new byte[8192];

    internal HostileKinds(Random random, string socket) => (_random, _socket) = (random, socket);

    /// <summary>How many connections got an answer.</summary>
    internal int Answered { get; private set; }

    /// <summary>How many of them were told that their refusal is on record.</summary>
    internal int Recorded { get; private set; }

    private static Action<HostileKinds>[] Kinds { get; } =
    [
        h => h.Say(h.Random(h._random.Next(1, 5000))),
        h => h.Say(h.Flipped()),
        h => h.Say(Endless),
        h => h.Say(Blank),
        h => h.Say([]),
        h => h.Say(Report[..h._random.Next(1, Report.Length)], halfClose: true),
        h => h.Say(Report[..h._random.Next(1, Report.Length)], read: false),
        h => h.Hold(Text("{")),
        h => h.Hold([]),
        h => h.Hold(Half),
        h => h.Say(Deep),
        h => h.Say(Text(string.Concat(Enumerable.Repeat("{\"a\":", 60)) + "1" + new string('}', 60))),
        h => h.Say(Text(SocketClient.Minimal.Replace("\"exitCode\":0", "\"exitCode\":" + new string('9', 5000)))),
        h => h.Say(Text(SocketClient.Minimal.Replace("\"durationMs\":1500", "\"durationMs\":1e999999999"))),
        h => h.Say(Text(SocketClient.Minimal.Replace("\"exitCode\":0", "\"exitCode\":0,\"exitCode\":0"))),
        h => h.Say(Wide),
        h => h.Say([.. Report[..20], 0xff, 0xc0, 0x80, .. Report[20..]]),
        h => h.Say(Text("{\"\\ud800\\ud800\\ud800\":1,\"\\udfff\":\"\\ud800\"}")),
        h => h.Say([0xef, 0xbb, 0xbf, .. Report, 0, 0, 0]),
        h => h.Say(Text(string.Concat(Enumerable.Repeat("[]\n", 3000)))),
        h => h.Say(Text("{\"request\":\"audit.append\",\"params\":{\"event\":\"crontab.edited\",\"actor\":\"me\",\"origin\":\"x\"}}")),
        h => h.Say(Text("{\"request\":{\"request\":\"status\"},\"params\":[[[[]]]]}")),
        h => h.Say(Report),
        h => h.Crowd(),
    ];

    internal static int Count => Kinds.Length;

    /// <summary>Makes one connection of a kind. The daemon may cut it off whenever it likes.</summary>
    internal void Attack(int kind)
    {
        try
        {
            Kinds[kind](this);
            // Slow ones send a byte now and then.
            foreach (var held in _held)
                held.Send(" "u8);
        }
        catch (SocketException)
        {
            while (_held.Count > 0 && _held.TryDequeue(out var old))
                old.Dispose();
        }
    }

    internal void End()
    {
        while (_held.TryDequeue(out var held))
            held.Dispose();
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private byte[] Random(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Flipped()
    {
        byte[] bytes = [.. Report];
        for (var i = _random.Next(1, 9); i > 0; i--)
            bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
        return bytes;
    }

    private Socket Connect()
    {
        var client = SocketClient.Connect(_socket);
        client.ReceiveTimeout = client.SendTimeout = 6_000;
        return client;
    }

    private void Say(byte[] bytes, bool halfClose = false, bool read = true)
    {
        using var client = Connect();
        try
        {
            client.Send(bytes);
        }
        catch (SocketException)
        {
            // Cut off in the middle: the answer is there.
        }

        client.Shutdown(SocketShutdown.Send);
        if (read && (halfClose || bytes.Length > 0) && client.Receive(_buffer) is > 0 and var length)
        {
            Answered++;
            Recorded += _buffer.AsSpan(0, length).IndexOf("\"recorded\":true"u8) >= 0 ? 1 : 0;
        }
    }

    private void Hold(byte[] bytes)
    {
        var client = Connect();
        _held.Enqueue(client);
        if (bytes.Length > 0)
            client.Send(bytes);
        while (_held.Count > 150)
            _held.Dequeue().Dispose();
    }

    // Many at once that say nothing: descriptor exhaustion.
    private void Crowd()
    {
        for (var i = 0; i < 40; i++)
            Hold([]);
    }
}
