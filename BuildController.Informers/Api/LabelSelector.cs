namespace BuildController.Informers.Api;

/// <summary>
/// Selects objects by their labels. The text form is the one of kubectl and of the API: <c>a=b</c>, <c>a!=b</c>,
/// <c>a in (b,c)</c>, <c>a notin (b,c)</c>, <c>a</c> (has the label), <c>!a</c> (lacks it), joined by commas that mean "and".
/// </summary>
public sealed class LabelSelector
{
    private readonly LabelRequirement[] requirements;

    private LabelSelector(LabelRequirement[] requirements) => this.requirements = requirements;

    /// <summary>Selects every object.</summary>
    public static LabelSelector Everything { get; } = new([]);

    /// <summary>Whether the selector selects every object.</summary>
    public bool IsEverything => requirements.Length == 0;

    /// <summary>What is asked for, all of it.</summary>
    internal IReadOnlyList<LabelRequirement> Requirements => requirements;

    /// <summary>Selects objects that have each of these labels with this value.</summary>
    public static LabelSelector FromLabels(IEnumerable<KeyValuePair<string, string>> labels) =>
        new([.. labels.Select(static label => new LabelRequirement(label.Key, LabelOperator.In, [label.Value]))]);

    /// <summary>Selects objects that have each of these labels, whatever its value.</summary>
    public static LabelSelector WithKeys(params IEnumerable<string> keys) =>
        new([.. keys.Select(static key => new LabelRequirement(key, LabelOperator.Exists, []))]);

    /// <summary>Reads the text form; null and empty text select everything.</summary>
    /// <exception cref="FormatException">The text is no selector; the message says where.</exception>
    public static LabelSelector Parse(string? text) =>
        string.IsNullOrWhiteSpace(text) ? Everything : new LabelSelector(LabelSelectorParser.Parse(text));

    /// <summary>The objects that both selectors select.</summary>
    public LabelSelector And(LabelSelector other) => new([.. requirements, .. other.requirements]);

    /// <summary>Whether an object with these labels is selected.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (LabelRequirement requirement in requirements)
        {
            if (!requirement.Matches(labels))
                return false;
        }

        return true;
    }

    /// <summary>The text form, empty for <see cref="Everything"/>.</summary>
    public override string ToString() => string.Join(',', requirements.Select(static requirement => requirement.ToString()));
}
