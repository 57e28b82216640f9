using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace BuildController.Informers.Api;

/// <summary>
/// A few strings by string, in one array: a third of a dictionary's memory, and as fast for as few as objects have labels.
/// Immutable, in the order in which they came.
/// </summary>
internal sealed class CompactMap : IReadOnlyDictionary<string, string>
{
    /// <summary>With more, a look-up from front to back would be slow.</summary>
    private const int MaxCount = 32;

    /// <summary>Keys and values in turn.</summary>
    private readonly string[] entries;

    private CompactMap(string[] entries) => this.entries = entries;

    public static CompactMap Empty { get; } = new([]);

    public int Count => entries.Length / 2;

    public IEnumerable<string> Keys
    {
        get
        {
            for (int i = 0; i < entries.Length; i += 2)
                yield return entries[i];
        }
    }

    public IEnumerable<string> Values
    {
        get
        {
            for (int i = 1; i < entries.Length; i += 2)
                yield return entries[i];
        }
    }

    public string this[string key] => TryGetValue(key, out string? value) ? value : throw new KeyNotFoundException($"There is no '{key}'.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        for (int i = 0; i < entries.Length; i += 2)
        {
            if (entries[i] == key)
            {
                value = entries[i + 1];
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        for (int i = 0; i < entries.Length; i += 2)
            yield return new KeyValuePair<string, string>(entries[i], entries[i + 1]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Gathers entries; of those with one key the last counts.</summary>
    public struct Builder
    {
        [ThreadStatic]
        private static string[]? spare;

        private string[]? entries;
        private int length;
        private Dictionary<string, string>? many;

        public void Set(string key, string value)
        {
            if (many is not null)
            {
                many[key] = value;
                return;
            }

            entries ??= TakeSpare();
            for (int i = 0; i < length; i += 2)
            {
                if (entries[i] == key)
                {
                    entries[i + 1] = value;
                    return;
                }
            }

            if (length == entries.Length)
            {
                many = new Dictionary<string, string>(new CompactMap(entries)) { [key] = value };
                GiveBack();
                return;
            }

            entries[length++] = key;
            entries[length++] = value;
        }

        public IReadOnlyDictionary<string, string> ToMap()
        {
            if (many is not null)
                return many;

            if (entries is null)
                return Empty;

            var map = new CompactMap(entries[..length]);
            GiveBack();
            return map;
        }

        private static string[] TakeSpare()
        {
            string[] taken = spare ?? new string[2 * MaxCount];
            spare = null;
            return taken;
        }

        private void GiveBack()
        {
            Array.Clear(entries!, 0, length);
            spare = entries;
            entries = null;
        }
    }
}
