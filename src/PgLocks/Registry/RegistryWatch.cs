using Microsoft.Extensions.Logging;
using PgLocks.Local;
using PgLocks.Postgres;

namespace PgLocks.Registry;

/// <summary>Looks once a heartbeat whether the registry was changed, and takes the gates of retired keys out of service.</summary>
/// <remarks>
/// With <see cref="PgLocksOptions.RequireRegistered"/> it also decides which keys get a gate, by what it read last. What it does not know it
/// reads again, at most once a heartbeat and never on a caller's thread. While the server is away, what is known goes on to count.
/// </remarks>
internal sealed class RegistryWatch(RegistryReader reader, bool isRequired, TimeSpan interval, TimeProvider time, ILogger log) : IKeyFilter, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _oneReading = new(1, 1);
    private readonly Lock _sync = new();
    private volatile RegisteredNames? _names;
    private volatile KeyTier? _keys;
    private Task _running = Task.CompletedTask;
    private Task _callersReading = Task.CompletedTask;
    private long? _readAt;
    private long _number;
    private volatile bool _isAway;

    /// <summary>Whether the last look found no answer.</summary>
    internal bool IsAway => _isAway;

    /// <summary>Reads what keys are admitted by; only the count of changes when every key is.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (isRequired)
            await ReadAsync(cancellationToken).ConfigureAwait(false);
        else
            _number = await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false);
    }

    internal void Start(KeyTier keys)
    {
        _keys = keys;
        _running = Task.Run(RunAsync);
    }

    public bool Admits(PositionKey key) => _names!.ReasonAgainst(key) is null;

    public UnregisteredKeyException Refusal(PositionKey key) => new(key, _names!.ReasonAgainst(key) ?? UnregisteredReason.UnknownMiner);

    public Task LookAgainAsync()
    {
        lock (_sync)
        {
            if (!_callersReading.IsCompleted)
                return _callersReading;
            bool isRecent = _readAt is { } readAt && time.GetElapsedTime(readAt) < interval;
            return isRecent ? Task.CompletedTask : _callersReading = Task.Run(ReadForCallersAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
        _oneReading.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
                await LookAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            if (await reader.ReadNumberAsync(_stop.Token).ConfigureAwait(false) != Volatile.Read(ref _number))
                await ReadAsync(_stop.Token).ConfigureAwait(false);
            _isAway = false;
        }
        catch (Exception failure) when (LockSession.IsFailure(failure))
        {
            if (!_isAway && !_stop.IsCancellationRequested)
                Messages.RegistryUnread(log, failure);
            _isAway = true;
        }
    }

    private async Task ReadForCallersAsync()
    {
        long now = time.GetTimestamp();
        try
        {
            await ReadAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (LockSession.IsFailure(failure))
        {
            throw new PgLockException(
                $"The registry could not be read, so keys that are not known yet are not locked: {failure.Message} Try again.", isTransient: true, cause: failure);
        }
        lock (_sync)
            _readAt = now;
    }

    /// <summary>One at a time, so that what is published is never older than what it replaces.</summary>
    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        await _oneReading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            RegisteredNames names = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            _names = names;
            _keys?.Review(isRequired ? key => names.ReasonAgainst(key) is not null : names.IsRetired);
            Volatile.Write(ref _number, names.Number);
        }
        finally
        {
            _oneReading.Release();
        }
    }
}
