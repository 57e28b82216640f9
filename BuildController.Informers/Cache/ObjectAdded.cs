namespace BuildController.Informers.Cache;

/// <summary>An object that the handler has not been told of before.</summary>
/// <typeparam name="T">The object type.</typeparam>
/// <param name="Object">The object.</param>
/// <param name="IsInitialList">Whether it was there before the handler listened, rather than created since.</param>
public readonly record struct ObjectAdded<T>(T Object, bool IsInitialList)
    where T : class;
