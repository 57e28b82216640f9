namespace BuildController.Host.Configuration;

/// <summary>What was set, from whichever source came first, and the mistakes that were found on the way.</summary>
internal sealed class SettingValues
{
    private readonly Dictionary<Setting, Entry> entries = [];
    private readonly List<string> mistakes = [];

    /// <summary>Whether it was set at all.</summary>
    public bool IsSet(Setting setting) => entries.ContainsKey(setting);

    /// <summary>The value, or the default.</summary>
    public T Get<T>(Setting<T> setting) => entries.TryGetValue(setting, out Entry? entry) && setting.TryParse(entry.Text, out T? value) ? value : setting.Default;

    /// <summary>How a mistake names the setting: as it was set, or its flag.</summary>
    public string NameOf(Setting setting) => entries.TryGetValue(setting, out Entry? entry) ? entry.Origin : setting.Flag;

    /// <summary>Notes a value, unless a source that comes first has set it.</summary>
    /// <param name="setting">What.</param>
    /// <param name="text">The value as it was written.</param>
    /// <param name="origin">Where it was written.</param>
    public void Set(Setting setting, string text, string origin)
    {
        if (entries.TryAdd(setting, new Entry(text, origin)) && setting.Complain(text) is { } complaint)
            Reject($"{origin}: {complaint}");
    }

    /// <summary>Notes a mistake.</summary>
    public void Reject(string mistake) => mistakes.Add(mistake);

    /// <exception cref="SettingsException">There are mistakes: all of them.</exception>
    public void ThrowIfWrong()
    {
        if (mistakes.Count > 0)
            throw new SettingsException(mistakes);
    }

    private sealed record Entry(string Text, string Origin);
}
