using System.Globalization;

namespace Fonte.Durability;

/// <summary>The processes of publishers and subscribers, and the waiting for what they do.</summary>
/// <param name="server">Waiting ends at once when it ended by itself.</param>
/// <param name="arguments">What every worker is started with.</param>
internal sealed class WorkerFleet(ServerUnderTest server, IReadOnlyList<string> arguments) : IAsyncDisposable
{
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(90);
    private readonly List<WorkerProcess> _publishers = [];
    private readonly List<WorkerProcess> _subscribers = [];
    private readonly SemaphoreSlim _changed = new(0);

    /// <summary>How many events were acknowledged.</summary>
    public long Acknowledged => _publishers.Sum(worker => worker.Acknowledged);

    /// <summary>How many publishes were answered otherwise.</summary>
    public long Refused => _publishers.Sum(worker => worker.Refused);

    /// <summary>How many subscribers have a position.</summary>
    public long Subscribed => _subscribers.Sum(worker => worker.Subscribed);

    public bool PublishersFinished => _publishers.All(worker => worker.IsFinished);

    public bool SubscribersFinished => _subscribers.All(worker => worker.IsFinished);

    public void StartPublishers(int count) => StartTwo(_publishers, "worker-publish", count);

    public void StartSubscribers(int count) => StartTwo(_subscribers, "worker-subscribe", count);

    /// <summary>Starts one more subscriber, who neither cuts nor stalls.</summary>
    public void StartPatientSubscriber(int index) => Start(_subscribers, "worker-subscribe", index, 1, isPatient: true);

    public Task TellAsync(string line) => TellAsync(_publishers.Concat(_subscribers), line);

    public Task TellPublishersAsync(string line) => TellAsync(_publishers, line);

    public Task TellSubscribersAsync(string line) => TellAsync(_subscribers, line);

    /// <exception cref="CheckerException">It does not come true, or a process ended.</exception>
    public async Task WaitAsync(string what, Func<bool> condition, CancellationToken cancellationToken)
    {
        if (!await ComesTrueAsync(condition, StepTimeout, cancellationToken))
            throw new CheckerException(string.Create(CultureInfo.InvariantCulture, $"Waited {StepTimeout.TotalSeconds:0} s in vain until {what}."));
    }

    /// <summary>Waits for progress of the publishers.</summary>
    public Task WaitForAcknowledgedAsync(long wanted, CancellationToken cancellationToken) =>
        WaitAsync("publishing goes on", () => Acknowledged >= wanted, cancellationToken);

    public Task<bool> ComesTrueAsync(Func<bool> condition, CancellationToken cancellationToken) => ComesTrueAsync(condition, StepTimeout, cancellationToken);

    public async Task<bool> ComesTrueAsync(Func<bool> condition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        while (!condition())
        {
            server.RequireRunning();
            foreach (var worker in _publishers.Concat(_subscribers))
                worker.RequireRunning();
            try
            {
                // A second at most, to notice a process that ended without a word.
                await _changed.WaitAsync(TimeSpan.FromSeconds(1), limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _publishers.Concat(_subscribers))
            await worker.DisposeAsync();
    }

    // Two processes of each kind: as many as the machine of the normal run has processors.
    private void StartTwo(List<WorkerProcess> workers, string mode, int count)
    {
        var half = (count + 1) / 2;
        Start(workers, mode, 0, half);
        if (count > half)
            Start(workers, mode, half, count - half);
    }

    private void Start(List<WorkerProcess> workers, string mode, int first, int count, bool isPatient = false)
    {
        string[] patience = isPatient ? ["--cuts", "0", "--stalls", "0"] : [];
        workers.Add(new WorkerProcess([mode, .. arguments, "--first", Text(first), "--count", Text(count), .. patience], () => _changed.Release()));
    }

    private static async Task TellAsync(IEnumerable<WorkerProcess> workers, string line)
    {
        foreach (var worker in workers)
            await worker.TellAsync(line);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
