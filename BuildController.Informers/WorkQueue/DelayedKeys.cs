namespace BuildController.Informers.WorkQueue;

/// <summary>What a drain does with the keys that wait for a time.</summary>
public enum DelayedKeys
{
    /// <summary>They are dropped, as by a shutdown without a drain: the next process visits them anyway.</summary>
    Drop,

    /// <summary>They are handed out at once, in the order of their times: nothing that was accepted is left undone.</summary>
    HandOutNow,
}
