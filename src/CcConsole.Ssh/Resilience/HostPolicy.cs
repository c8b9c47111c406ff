using System.Globalization;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace CcConsole.Ssh;

/// <summary>
/// What is done about a host's failures. A read is tried again after a transient one; a write never, since it may
/// have happened. A host that keeps failing is left alone for a while (circuit breaker), which also keeps a wrong key
/// from looking like an attack to it. One of these for each host.
/// </summary>
public sealed class HostPolicy
{
    private readonly string _host;
    private readonly TimeProvider _time;
    private readonly CircuitBreakerManualControl _control = new();
    private readonly ResiliencePipeline _write;
    private readonly ResiliencePipeline _read;
    private HostProblemException? _cause;
    private long _suspendedUntil;

    /// <param name="host">The host as the person named it.</param>
    /// <param name="options">Numbers; null for the defaults.</param>
    /// <param name="time">The clock.</param>
    public HostPolicy(string host, HostPolicyOptions? options = null, TimeProvider? time = null)
    {
        options ??= new HostPolicyOptions();
        _host = host;
        _time = time ?? TimeProvider.System;
        _write = new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = Math.Max(2, options.FailuresToSuspend),
                SamplingDuration = options.Window,
                ManualControl = _control,
                ShouldHandle = new PredicateBuilder().Handle<HostProblemException>(IsTheHosts),
                BreakDurationGenerator = arguments =>
                {
                    int doublings = Math.Clamp(arguments.HalfOpenAttempts, 0, 20);
                    TimeSpan doubled = options.Suspension * Math.Pow(2, doublings);
                    return new ValueTask<TimeSpan>(doubled < options.LongestSuspension ? doubled : options.LongestSuspension);
                },
                OnOpened = arguments =>
                {
                    _cause = arguments.Outcome.Exception as HostProblemException;
                    Volatile.Write(ref _suspendedUntil, (_time.GetUtcNow() + arguments.BreakDuration).UtcTicks);
                    return ValueTask.CompletedTask;
                },
                OnClosed = _ =>
                {
                    Volatile.Write(ref _suspendedUntil, 0);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        ResiliencePipelineBuilder read = new() { TimeProvider = _time };
        if (options.ReadAttempts > 1)
        {
            read.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.ReadAttempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.FirstDelay,
                ShouldHandle = new PredicateBuilder().Handle<HostProblemException>(problem => problem.IsTransient),
            });
        }
        _read = read.AddPipeline(_write).Build();
    }

    /// <summary>Until when the host is left alone; null when it is not.</summary>
    public DateTimeOffset? SuspendedUntil =>
        Volatile.Read(ref _suspendedUntil) is > 0 and long ticks && ticks > _time.GetUtcNow().UtcTicks
            ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Does something that changes nothing on the host; it may be done several times.</summary>
    /// <exception cref="HostProblemException">The last failure, or <see cref="HostProblemKind.Suspended"/>.</exception>
    public Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellation = default) =>
        ExecuteAsync(_read, read, cancellation);

    /// <summary>Does something that changes the host, once at most.</summary>
    /// <exception cref="HostProblemException">The failure, or <see cref="HostProblemKind.Suspended"/>.</exception>
    public Task<T> WriteAsync<T>(Func<CancellationToken, Task<T>> write, CancellationToken cancellation = default) =>
        ExecuteAsync(_write, write, cancellation);

    /// <summary>Ends a suspension: the person wants the host tried now.</summary>
    public Task ResumeAsync(CancellationToken cancellation = default) => _control.CloseAsync(cancellation);

    private async Task<T> ExecuteAsync<T>(
        ResiliencePipeline pipeline, Func<CancellationToken, Task<T>> action, CancellationToken cancellation)
    {
        try
        {
            return await pipeline.ExecuteAsync(
                static async (action, token) => await action(token).ConfigureAwait(false), action, cancellation).ConfigureAwait(false);
        }
        catch (BrokenCircuitException e)
        {
            string until = SuspendedUntil?.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? "a moment";
            throw new HostProblemException(
                _host, HostProblemKind.Suspended,
                $"{_cause?.Message ?? $"{_host} does not answer"} (again and again: left alone until {until})",
                _cause?.Hint ?? "", e)
            { Key = _cause?.Key };
        }
    }

    private static bool IsTheHosts(HostProblemException problem) => problem.Kind
        is HostProblemKind.NameUnknown or HostProblemKind.ConnectionRefused or HostProblemKind.ConnectTimeout
        or HostProblemKind.NoRoute or HostProblemKind.HandshakeFailed or HostProblemKind.HostKeyUnknown
        or HostProblemKind.HostKeyChanged or HostProblemKind.AuthenticationRefused or HostProblemKind.ConnectionLost
        or HostProblemKind.Other;
}
