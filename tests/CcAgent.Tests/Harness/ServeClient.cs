using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Xunit;

namespace CcAgent.Tests.Harness;

/// <summary>A console as small as can be: writes lines to `serve` and reads lines from it.</summary>
internal sealed class ServeClient : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<JsonElement> _messages = Channel.CreateUnbounded<JsonElement>();
    private readonly List<JsonElement> _kept = [];
    private int _id;

    private ServeClient(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
        _ = Task.Run(async () =>
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
                await _messages.Writer.WriteAsync(JsonDocument.Parse(line).RootElement);
            _messages.Writer.Complete();
        });
    }

    internal static ServeClient Start(string directory, params string[] options) => StartOf(AgentProgram.Path, directory, options);

    internal static ServeClient StartOf(string agent, string directory, params string[] options) =>
        new(new ProcessStartInfo(agent, ["serve", "--dir", directory, .. options]));

    internal static ServeClient StartAs(TestUser user, params string[] options)
    {
        var start = new ProcessStartInfo("/usr/bin/setpriv", [.. user.SetPrivileges, AgentProgram.Path, "serve", .. options]) { WorkingDirectory = "/" };
        foreach (var (name, value) in user.Environment)
            start.Environment[name] = value;
        return new ServeClient(start);
    }

    internal async Task SendAsync(string line)
    {
        await _process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
        await _process.StandardInput.BaseStream.FlushAsync();
    }

    internal Task NotifyAsync(string method, string parameters) =>
        SendAsync($$"""{"jsonrpc":"2.0","method":"{{method}}","params":{{parameters}}}""");

    /// <summary>Sends a request; its id, which is also that of a stream that it opens.</summary>
    internal async Task<int> RequestAsync(string method, string parameters = "{}")
    {
        var id = ++_id;
        await SendAsync(string.Create(CultureInfo.InvariantCulture, $$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}"""));
        return id;
    }

    internal async Task<JsonElement> ResultAsync(string method, string parameters = "{}")
    {
        var answer = await AnswerAsync(await RequestAsync(method, parameters));
        Assert.True(answer.TryGetProperty("result", out var result), answer.ToString());
        return result;
    }

    internal async Task<JsonElement> ErrorAsync(string method, string parameters = "{}")
    {
        var answer = await AnswerAsync(await RequestAsync(method, parameters));
        Assert.True(answer.TryGetProperty("error", out var error), answer.ToString());
        return error;
    }

    internal Task<JsonElement> AnswerAsync(int id) => FindAsync(m => m.TryGetProperty("id", out var found) && found.ValueKind == JsonValueKind.Number && found.GetInt32() == id);

    /// <summary>The next notification of a stream.</summary>
    internal async Task<(string Method, JsonElement Params)> NextAsync(int stream)
    {
        var message = await FindAsync(m => m.TryGetProperty("method", out _) && m.GetProperty("params").GetProperty("stream").GetInt32() == stream);
        return (message.GetProperty("method").GetString()!, message.GetProperty("params"));
    }

    /// <summary>Whether the stream stays silent for a while.</summary>
    internal async Task<bool> SilentAsync(int stream, int milliseconds = 700)
    {
        await Task.Delay(milliseconds);
        while (_messages.Reader.TryRead(out var message))
            _kept.Add(message);
        return !_kept.Exists(m => m.TryGetProperty("method", out _) && m.GetProperty("params").GetProperty("stream").GetInt32() == stream);
    }

    internal async Task<JsonElement> FindAsync(Predicate<JsonElement> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var at = _kept.FindIndex(wanted);
            if (at >= 0)
            {
                var found = _kept[at];
                _kept.RemoveAt(at);
                return found;
            }

            _kept.Add(await _messages.Reader.ReadAsync(limit.Token));
        }
    }

    internal async Task<int> EndAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    internal async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("/bin/kill", ["-s", signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
