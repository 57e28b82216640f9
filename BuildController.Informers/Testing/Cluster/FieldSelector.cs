using System.Text;
using System.Text.Json;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Selects objects by the values of fields: <c>a.b=c</c>, <c>a.b==c</c>, <c>a.b!=c</c>, joined by commas. A missing field is empty.</summary>
internal sealed class FieldSelector
{
    private static readonly FieldSelector Everything = new([]);

    private readonly Term[] terms;

    private FieldSelector(Term[] terms) => this.terms = terms;

    public bool IsEverything => terms.Length == 0;

    public static FieldSelector Parse(string? text, ResourceDefinition type)
    {
        if (string.IsNullOrEmpty(text))
            return Everything;

        return new FieldSelector([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(term => ParseTerm(term, text, type))]);
    }

    public bool Matches(StoredObject value)
    {
        foreach (Term term in terms)
        {
            if (string.Equals(ValueOf(value, term), term.Value, StringComparison.Ordinal) != term.Equal)
                return false;
        }

        return true;
    }

    private static Term ParseTerm(string term, string text, ResourceDefinition type)
    {
        int at = term.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
            throw ServerErrors.BadRequest($"invalid selector: '{text}'; can't understand '{term}'");

        bool equal = term[at - 1] != '!';
        string field = (equal ? term[..at] : term[..(at - 1)]).Trim();
        string value = term[(at + 1)..].TrimStart('=').Trim();
        bool known = field is "metadata.name" || (field is "metadata.namespace" && type.IsNamespaced) || type.SelectableFields.Contains(field);
        if (!known)
        {
            throw ServerErrors.BadRequest(
                $"Unable to find \"{type.Resource.ApiVersion}, Resource={type.Resource.Plural}\" that match label selector \"\", field selector \"{text}\": field label not supported: {field}");
        }

        return new Term(field, [.. field.Split('.').Select(Encoding.UTF8.GetBytes)], equal, value);
    }

    private static string ValueOf(StoredObject value, Term term) => term.Field switch
    {
        "metadata.name" => value.Key.Name,
        "metadata.namespace" => value.Key.Namespace,
        _ => Read(value.Bytes, term.Path),
    };

    private static string Read(byte[] bytes, byte[][] path)
    {
        var reader = new Utf8JsonReader(bytes);
        reader.Read();
        foreach (byte[] step in path)
        {
            if (reader.TokenType != JsonTokenType.StartObject || !Enter(ref reader, step))
                return string.Empty;
        }

        return reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(reader.ValueSpan),
            _ => string.Empty,
        };
    }

    private static bool Enter(ref Utf8JsonReader reader, byte[] member)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(member);
            reader.Read();
            if (found)
                return true;

            reader.Skip();
        }

        return false;
    }

    private readonly record struct Term(string Field, byte[][] Path, bool Equal, string Value);
}
