namespace BuildController.Host.Configuration;

/// <summary>Settings make no sense: one line for each mistake, which names the setting, its value, where it came from, and what is allowed.</summary>
internal sealed class SettingsException(IReadOnlyList<string> mistakes) : Exception(string.Join(Environment.NewLine, mistakes))
{
    public IReadOnlyList<string> Mistakes => mistakes;
}
