using Microsoft.Extensions.Configuration;

namespace BuildController.Host.Configuration;

/// <summary>Reads settings: what the environment says counts more than what appsettings.json says, and flags more than both.</summary>
/// <param name="environment">The environment's variables.</param>
/// <param name="folder">Where appsettings.json is looked for; it need not be there.</param>
internal sealed class SettingReader(IReadOnlyDictionary<string, string> environment, string folder)
{
    public const string FileName = "appsettings.json";

    /// <summary>The environment of this process, and the folder that it was started in.</summary>
    public static SettingReader OfProcess()
    {
        var environment = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
            environment[(string)variable.Key] = (string?)variable.Value ?? string.Empty;

        return new SettingReader(environment, System.Environment.CurrentDirectory);
    }

    /// <summary>The environment's variables.</summary>
    public IReadOnlyDictionary<string, string> Environment => environment;

    /// <summary>Reads the settings of a command. Mistakes are noted, not thrown.</summary>
    /// <param name="settings">Those that the command knows.</param>
    /// <param name="flags">What was given on the command line.</param>
    public SettingValues Read(IReadOnlyList<Setting> settings, IEnumerable<(Setting Setting, string Text)> flags)
    {
        SettingValues values = ReadFlags(flags);
        ReadEnvironment(values, settings);
        ReadFile(values, settings);
        return values;
    }

    /// <summary>Takes what was given on the command line, and nothing else: what is printed must not depend on where it is printed.</summary>
    public static SettingValues ReadFlags(IEnumerable<(Setting Setting, string Text)> flags)
    {
        var values = new SettingValues();
        foreach ((Setting setting, string text) in flags)
            values.Set(setting, text, setting.Flag);

        return values;
    }

    private void ReadEnvironment(SettingValues values, IReadOnlyList<Setting> settings)
    {
        foreach ((string name, string text) in environment.OrderBy(static variable => variable.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(Setting.VariablePrefix, StringComparison.Ordinal) || IsServiceLink(name))
                continue;

            if (!Settings.All.Any(setting => setting.Variable == name))
                values.Reject($"{name}: there is no such setting; --help lists them.");
            else if (settings.FirstOrDefault(setting => setting.Variable == name) is { } found)
                values.Set(found, text, name);
        }
    }

    /// <summary>A cluster tells every pod of the namespace's services by such variables: a service of our name is no mistake.</summary>
    private static bool IsServiceLink(string name) =>
        name.EndsWith("_PORT", StringComparison.Ordinal) || name.Contains("_PORT_", StringComparison.Ordinal) || name.Contains("_SERVICE_", StringComparison.Ordinal);

    private void ReadFile(SettingValues values, IReadOnlyList<Setting> settings)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return;

        IConfigurationRoot file;
        try
        {
            using FileStream stream = File.OpenRead(path);
            file = new ConfigurationBuilder().AddJsonStream(stream).Build();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or System.Text.Json.JsonException or InvalidDataException)
        {
            values.Reject($"{path}: cannot be read as JSON: {error.Message.ReplaceLineEndings(" ")}");
            return;
        }

        foreach (IConfigurationSection member in file.GetSection(Setting.Section).GetChildren())
        {
            string origin = $"{path}: {Setting.Section}.{member.Key}";
            if (!Settings.All.Any(IsMeant))
                values.Reject($"{origin}: there is no such setting; --help lists them.");
            else if (settings.FirstOrDefault(IsMeant) is { } found)
                values.Set(found, member.Value ?? string.Empty, origin);

            bool IsMeant(Setting setting) => setting.Key.Equals(member.Key, StringComparison.OrdinalIgnoreCase);
        }
    }
}
