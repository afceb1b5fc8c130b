namespace Fonte;

/// <summary>What the appends of a batch are answered, once its commit is over.</summary>
internal sealed class AppendAnswers
{
    private readonly List<(AppendResult Result, bool DependsOnCommit)> _answers = [];

    /// <param name="result">The answer if the commit succeeds.</param>
    /// <param name="dependsOnCommit">Whether a failed commit changes it.</param>
    internal void Add(AppendResult result, bool dependsOnCommit = true) => _answers.Add((result, dependsOnCommit));

    internal void Give(List<PendingAppend> appends, int start, AppendOutcome commit)
    {
        for (var i = 0; i < _answers.Count; i++)
        {
            var (result, dependsOnCommit) = _answers[i];
            appends[start + i].Complete(commit == AppendOutcome.Appended || !dependsOnCommit ? result : new(commit));
        }
    }
}
