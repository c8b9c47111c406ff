using System.Diagnostics;
using System.Text;

namespace CcConsole.Tests.Shared;

/// <summary>What a program did: exit code, standard output and standard error.</summary>
internal sealed record ProgramResult(int Code, byte[] OutputBytes, string Error)
{
    public string Output => Encoding.UTF8.GetString(OutputBytes);

    public override string ToString() => $"exit {Code}\n--- output\n{Output}\n--- error\n{Error}";
}

/// <summary>Runs a program to its end, with a bound on its time.</summary>
internal static class ProgramRun
{
    public static async Task<ProgramResult> RunAsync(
        string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null,
        byte[]? input = null, string? directory = null, double seconds = 60)
    {
        var start = new ProcessStartInfo(path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            var output = new MemoryStream();
            Task copy = process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            try
            {
                if (input is not null) await process.StandardInput.BaseStream.WriteAsync(input, limit.Token);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // The program ended without reading its input: its exit code says how.
            }

            await Task.WhenAll(copy, error, process.WaitForExitAsync(limit.Token));
            return new ProgramResult(process.ExitCode, output.ToArray(), error.Result);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{path} {string.Join(' ', arguments)} did not end within {seconds} s");
        }
    }
}
