using System.Text;
using System.Text.Json.Nodes;
using BuildController.Informers.Api;
using BuildController.Informers.Testing;
using Microsoft.AspNetCore.Http;

namespace BuildController.Host.Server.Reviews;

/// <summary>
/// What a client asks about itself: who it is and what it may do. They are created and answered, and never kept. There is one user,
/// who may do everything.
/// </summary>
internal static class SelfReviews
{
    public const string UserName = "embedded-admin";

    private const string Reason = "the embedded cluster has one user, who may do everything";
    private const string AdminGroup = "system:masters";

    /// <summary>The reviews as resources, for those who discover.</summary>
    public static IReadOnlyList<ResourceDefinition> Definitions { get; } =
    [
        Review("authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
        Review("authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
        Review("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview"),
    ];

    public static bool Contains(ResourceDefinition type) => Definitions.Contains(type);

    /// <summary>The review that a path names, or null.</summary>
    public static ResourceDefinition? Find(RequestPath path) =>
        Definitions.FirstOrDefault(type => type.Resource == new GroupVersionResource(path.Group, path.Version, path.Plural));

    /// <summary>Answers what was posted, with its status filled in.</summary>
    public static async Task AnswerAsync(HttpContext context, ResourceDefinition type, RequestPath path)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || path.Name is not null)
            throw Refusal.MethodNotAllowed();

        JsonObject review = await RequestBody.ReadObjectAsync(context.Request) ?? throw Refusal.BadRequest("the request has no body: an object is expected");
        review["kind"] = type.Kind;
        review["apiVersion"] = type.Resource.ApiVersion;
        review["metadata"] ??= new JsonObject { ["creationTimestamp"] = null };
        review["status"] = type.Kind switch
        {
            "SelfSubjectAccessReview" => Access(review),
            "SelfSubjectRulesReview" => Rules(),
            _ => Self(),
        };
        await JsonResponse.WriteAsync(context, StatusCodes.Status201Created, Encoding.UTF8.GetBytes(review.ToJsonString()));
    }

    private static JsonObject Access(JsonObject review)
    {
        var spec = review["spec"] as JsonObject;
        if (spec?["resourceAttributes"] is null == spec?["nonResourceAttributes"] is null)
        {
            throw new ApiException(new ApiStatus
            {
                Code = 422,
                Reason = "Invalid",
                Message = "SelfSubjectAccessReview.authorization.k8s.io \"\" is invalid: spec.resourceAttributes: Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified",
                Details = new ApiStatusDetails { Group = "authorization.k8s.io", Kind = "SelfSubjectAccessReview" },
            });
        }

        return new JsonObject { ["allowed"] = true, ["reason"] = Reason };
    }

    private static JsonObject Rules() => new()
    {
        ["resourceRules"] = new JsonArray(new JsonObject { ["verbs"] = Everything(), ["apiGroups"] = Everything(), ["resources"] = Everything() }),
        ["nonResourceRules"] = new JsonArray(new JsonObject { ["verbs"] = Everything(), ["nonResourceURLs"] = Everything() }),
        ["incomplete"] = false,
    };

    private static JsonObject Self() => new()
    {
        ["userInfo"] = new JsonObject { ["username"] = UserName, ["groups"] = new JsonArray(AdminGroup, "system:authenticated") },
    };

    private static JsonArray Everything() => new("*");

    private static ResourceDefinition Review(string group, string plural, string kind) => new()
    {
        Resource = new GroupVersionResource(group, "v1", plural),
        Kind = kind,
        Scope = ResourceScope.Cluster,
    };
}
