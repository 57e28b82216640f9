using System.Security.Authentication;
using System.Text;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Client;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Client;

/// <summary>The table of docs/clients.md, cell by cell.</summary>
[TestFixture]
public sealed class RetryRulesTests
{
    private const string NotBegun = "429 | 429 after 1 s | 503 after 1 s | refused";
    private const string ToldToRepeat = "500 after 1 s | ServerTimeout after 1 s | Timeout after 1 s | 502 after 1 s";
    private const string OutcomeUnknown = "lost | 502 | 503 | Timeout | ServerTimeout";
    private const string ServerFailed = "500 | StorageReadError";

    private static readonly (string Name, ApiException Error)[] Failures =
    [
        ("429", Status(429, "TooManyRequests")),
        ("429 after 1 s", Status(429, "TooManyRequests", 1)),
        ("503 after 1 s", Status(503, "ServiceUnavailable", 1)),
        ("refused", new(ApiErrorReason.ConnectionRefused, "Nothing listens.")),
        ("500 after 1 s", Status(500, "InternalError", 1)),
        ("ServerTimeout after 1 s", Status(500, "ServerTimeout", 1)),
        ("Timeout after 1 s", Status(504, "Timeout", 1)),
        ("502 after 1 s", Status(502, "", 1)),
        ("lost", new(ApiErrorReason.ConnectionLost, "Lost.", new IOException("reset"))),
        ("502", Status(502, "")),
        ("503", Status(503, "ServiceUnavailable")),
        ("Timeout", Status(504, "Timeout")),
        ("ServerTimeout", Status(500, "ServerTimeout")),
        ("500", Status(500, "InternalError")),
        ("StorageReadError", Status(500, "StorageReadError")),
        ("400", Status(400, "BadRequest")),
        ("401", Status(401, "Unauthorized")),
        ("403", Status(403, "Forbidden")),
        ("404", Status(404, "NotFound")),
        ("AlreadyExists", Status(409, "AlreadyExists")),
        ("AlreadyExists after 1 s", Status(409, "AlreadyExists", 1)),
        ("Conflict", Status(409, "Conflict")),
        ("Conflict after 1 s", Status(409, "Conflict", 1)),
        ("Expired", Status(410, "Expired")),
        ("Invalid", Status(422, "Invalid")),
        ("malformed", new(ApiErrorReason.MalformedResponse, "Nonsense.")),
        ("not trusted", new(ApiErrorReason.ConnectionLost, "Not trusted.", new HttpRequestException("tls", new AuthenticationException("untrusted root")))),
        ("version too large", Status(504, "Timeout", 1, "Too large resource version: 9, current: 8")),
    ];

    private static IEnumerable<TestCaseData> Rows()
    {
        string harmless = $"{NotBegun} | {ToldToRepeat} | {OutcomeUnknown}";
        string everything = $"{harmless} | {ServerFailed}";
        yield return Row("a get", Request(RequestVerb.Get), everything);
        yield return Row("a list", Request(RequestVerb.List), everything);
        yield return Row("a list that has delivered", Request(RequestVerb.List, delivered: true), "");
        yield return Row("a watch", Request(RequestVerb.Watch), "");
        yield return Row("a create", Request(RequestVerb.Create), NotBegun);
        yield return Row("a create with a generated name", Request(RequestVerb.Create, name: ""), NotBegun);
        yield return Row("a replace of one version", Request(RequestVerb.Update, version: "7"), harmless);
        yield return Row("a replace of any version", Request(RequestVerb.Update), NotBegun);
        yield return Row("a merge patch", Request(RequestVerb.Patch, patch: Patch.Merge([])), harmless);
        yield return Row("a merge patch of one version", Request(RequestVerb.Patch, patch: Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = "7" } })), harmless);
        yield return Row("a strategic merge patch", Request(RequestVerb.Patch, patch: Json("{}", PatchKind.StrategicMerge)), harmless);
        yield return Row("an apply", Request(RequestVerb.Patch, patch: Patch.Apply([], "me")), harmless);
        yield return Row("a JSON patch", Request(RequestVerb.Patch, patch: Json("""[{"op":"add","path":"/spec/list/-","value":"a"}]""")), NotBegun);
        yield return Row("a JSON patch that tests the version", Request(RequestVerb.Patch, patch: Json("""[{"op":"test","path":"/metadata/resourceVersion","value":"7"},{"op":"add","path":"/spec/list/-","value":"a"}]""")), harmless);
        yield return Row("a JSON patch that sets the version", Request(RequestVerb.Patch, patch: Json("""[{"op":"replace","path":"/metadata/resourceVersion","value":"7"}]""")), harmless);
        yield return Row("a JSON patch that tests what it leaves", Request(RequestVerb.Patch, patch: Json("""[{"op":"test","path":"/metadata/uid","value":"u"},{"op":"add","path":"/spec/list/-","value":"a"}]""")), NotBegun);
        yield return Row("a JSON patch that empties the version", Request(RequestVerb.Patch, patch: Json("""[{"op":"add","path":"/metadata/resourceVersion","value":""}]""")), NotBegun);
        yield return Row("a JSON patch that removes the version", Request(RequestVerb.Patch, patch: Json("""[{"op":"remove","path":"/metadata/resourceVersion"}]""")), NotBegun);
        yield return Row("a JSON patch that is no list", Request(RequestVerb.Patch, patch: Json("""{"op":"test"}""")), NotBegun);
        yield return Row("a JSON patch that is no JSON", Request(RequestVerb.Patch, patch: Json("[")), NotBegun);
        yield return Row("a delete by name", Request(RequestVerb.Delete), NotBegun);
        yield return Row("a delete with a grace period", Request(RequestVerb.Delete, delete: new DeleteOptions { GracePeriod = TimeSpan.Zero }), NotBegun);
        yield return Row("a delete of one object", Request(RequestVerb.Delete, delete: new DeleteOptions { Uid = "u" }), harmless);
        yield return Row("a delete of one version", Request(RequestVerb.Delete, delete: new DeleteOptions { ResourceVersion = "7" }), harmless);
    }

    [TestCaseSource(nameof(Rows))]
    public void Sent_again_after(ClientRequest request, string expected) =>
        string.Join(" | ", Failures.Where(failure => RetryRules.MayRepeat(request, failure.Error)).Select(static failure => failure.Name)).Should().Be(expected);

    private static TestCaseData Row(string what, ClientRequest request, string repeated) => new TestCaseData(request, repeated).SetArgDisplayNames(what);

    private static ClientRequest Request(
        RequestVerb verb, string name = "a", bool delivered = false, string? version = null, Patch? patch = null, DeleteOptions? delete = null) => new()
    {
        Verb = verb,
        Resource = new GroupVersionResource("example.com", "v1", "widgets"),
        Key = new ObjectKey("ns", name),
        HasDelivered = delivered,
        ResourceVersion = version,
        Patch = patch,
        DeleteOptions = delete,
    };

    private static Patch Json(string body, PatchKind kind = PatchKind.Json) => Patch.Of(kind, Encoding.UTF8.GetBytes(body));

    private static ApiException Status(int code, string reason, int? retryAfterSeconds = null, string message = "") => new(new ApiStatus
    {
        Code = code,
        Reason = reason,
        Message = message,
        Details = new ApiStatusDetails { RetryAfterSeconds = retryAfterSeconds },
    });
}
