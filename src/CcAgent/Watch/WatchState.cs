using System.Text.Json;
using System.Text.Json.Serialization;
using CcAgent.Native;

namespace CcAgent.Watch;

/// <summary>Up to when a job's missed runs are in the chain.</summary>
internal sealed record NotedUntil(string Table, string Job, long Until);

/// <summary>How far the watch has come, for the next start. Times are microseconds since 1970.</summary>
/// <param name="Until">All that was due up to then is judged.</param>
/// <param name="Chain">The sequence number up to which the chain's entries are accounted for.</param>
/// <param name="Boot">The boot in which this was written.</param>
/// <param name="End">How the daemon ended then: <see cref="Stopped"/>, <see cref="ShutDown"/>; null while it runs, and when it was killed.</param>
internal sealed record WatchState(long Until, long Chain, string Boot, string? End)
{
    internal const string Stopped = "stopped", ShutDown = "shutdown";

    /// <summary>Jobs whose missed runs are in the chain beyond <see cref="Until"/>.</summary>
    public IReadOnlyList<NotedUntil> Noted { get; init; } = [];

    /// <summary>The state that was written last, and when the daemon was last known to be alive; null at the first start.</summary>
    internal static WatchState? Read(string path, out DateTimeOffset alive)
    {
        alive = default;
        if (SmallFile.Read(path) is not { } bytes)
            return null;
        alive = File.GetLastWriteTimeUtc(path);
        try
        {
            return JsonSerializer.Deserialize(bytes, WatchJson.Default.WatchState);
        }
        catch (JsonException)
        {
            StandardStreams.Say($"{path} is not what the agent wrote", "what was missed before this start is not recorded");
            return null;
        }
    }

    internal void Write(string path) => KeptFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, WatchJson.Default.WatchState));
}

/// <summary>The JSON forms of what the watch keeps.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KeptTable))]
[JsonSerializable(typeof(WatchState))]
internal sealed partial class WatchJson : JsonSerializerContext;
