using System.Text.Json;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Testing.Cluster.Schemas;

namespace BuildController.Informers.Testing.Cluster;

/// <summary>Reads what a client sent, before anything else looks at it, as decoding does on a server.</summary>
internal static class ObjectReader
{
    /// <summary>Takes a copy that is the server's own, in the form of its kind.</summary>
    /// <param name="type">What it is to be.</param>
    /// <param name="body">What was sent, or what a patch has made.</param>
    /// <param name="options">What to do about fields that the kind does not have.</param>
    /// <param name="isPatched">Whether a patch has made it: then it is the patch that is invalid.</param>
    public static JsonObject Read(ResourceDefinition type, JsonObject body, WriteOptions options, bool isPatched)
    {
        try
        {
            JsonObject root = OwnCopy(body);
            CheckHeader(type, root);
            if (type.Rules.DropsNulls)
                Json.RemoveNulls(root);

            JsonObject metadata = MetadataRules.Normalize(root);
            type.Rules.CheckTypes(root);
            IReadOnlyList<string> unknown = ObjectForm.Coerce(root, type);
            MetadataRules.Decode(metadata);
            CheckTypes(type, root);
            Report(unknown, options);
            return root;
        }
        catch (FormatException error)
        {
            throw isPatched
                ? ServerErrors.InvalidPatch(body, error.Message)
                : ServerErrors.CannotBeHandled(type, type.Resource.Version, type.Kind, error.Message);
        }
    }

    private static JsonObject OwnCopy(JsonObject body)
    {
        try
        {
            // A lazily read tree finds out late that it names a member twice.
            return Json.ParseObject(Json.Bytes(body));
        }
        catch (Exception error) when (error is ArgumentException or JsonException)
        {
            throw new FormatException(error.Message, error);
        }
    }

    private static void CheckHeader(ResourceDefinition type, JsonObject root)
    {
        string apiVersion = root.Text("apiVersion") ?? type.Resource.ApiVersion, kind = root.Text("kind") ?? type.Kind;
        if (kind != type.Kind)
            throw ServerErrors.CannotBeHandled(type, apiVersion, kind);

        if (apiVersion != type.Resource.ApiVersion)
            throw ServerErrors.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({type.Resource.ApiVersion})");

        root["apiVersion"] = apiVersion;
        root["kind"] = kind;
    }

    /// <summary>The core kinds are types in a server's language, which cannot hold values of others; custom resources are validated later.</summary>
    private static void CheckTypes(ResourceDefinition type, JsonObject root)
    {
        if (type.Schema is not null || type.Rules.Schema is not { } form)
            return;

        var errors = new FieldErrors();
        SchemaValidator.Validate(root, form, string.Empty, errors);
        if (!errors.IsEmpty)
            throw new FormatException($"json: cannot unmarshal into Go struct field {type.Kind}.{errors.Causes[0].Message}");
    }

    private static void Report(IReadOnlyList<string> unknown, WriteOptions options)
    {
        string[] complaints = [.. unknown.Select(static path => $"unknown field \"{path}\"")];
        if (complaints.Length == 0 || options.FieldValidation == FieldValidation.Ignore)
            return;

        if (options.FieldValidation == FieldValidation.Strict)
            throw new FormatException($"strict decoding error: {string.Join(", ", complaints)}");

        foreach (string complaint in complaints)
            options.OnWarning?.Invoke(complaint);
    }
}
