using System.Text;
using BuildController.Core.Model;
using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Sync;

[TestFixture]
public sealed class SecrecyTests
{
    [Test]
    public void No_value_of_a_secret_gets_into_a_log_an_event_a_condition_or_an_object()
    {
        using BuildWorld world = BuildWorld.WithFirstImage();
        string[] values = [.. SecretValues(world)];
        values.Should().HaveCountGreaterThan(4);
        string[] written = [];
        world.Controller.SetFault((number, request, next) =>
        {
            written = [.. written, Encoding.UTF8.GetString(request.Body.Span)];
            return number % 7 == 0 ? throw new ApiException(ApiErrorReason.ConnectionLost, "The connection was cut.") : next();
        });

        world.Request("1").UntilPhase("Running").UntilBuilt();
        world.Break().Request("2").UntilFailed();
        world.Delete(Resources.Secrets, "base-image-pull").Request("3").Pass(TimeSpan.FromMinutes(5));
        BuildWorld.Do(world.Admin.Resource(Resources.Secrets).CreateAsync(new Secret
        {
            Metadata = new ObjectMeta { Name = "base-image-pull", Namespace = BuildWorld.Namespace },
            Type = "kubernetes.io/dockerconfigjson",
            Data = new Dictionary<string, byte[]> { [".dockerconfigjson"] = Encoding.UTF8.GetBytes($"{{\"auths\": \"{values[0]}\"}}") },
        }));
        world.Pass(TimeSpan.FromMinutes(5));
        world.Condition(PoolConditionTypes.BuildFailed)!.Message.Should().Contain("is no object");

        string[] said =
        [
            .. written,
            .. world.Logs.All,
            .. world.Events().Select(static item => item.Message),
            .. world.Pools().SelectMany(static pool => pool.Status.Conditions).Select(static condition => condition.Message),
            .. world.Pools().SelectMany(static pool => pool.Metadata.Annotations.Values),
        ];
        said.Should().HaveCountGreaterThan(100);
        foreach (string value in values)
            said.Should().NotContain(text => text.Contains(value, StringComparison.Ordinal));
    }

    /// <summary>The credentials as they are written in the secrets, and decoded.</summary>
    private static IEnumerable<string> SecretValues(BuildWorld world)
    {
        foreach (string name in (string[])["base-image-pull", "final-image-push"])
        {
            string content = Encoding.UTF8.GetString(world.Find(Resources.Secrets, new ObjectKey(BuildWorld.Namespace, name))!.Data[".dockerconfigjson"]);
            string auth = content.Split("\"auth\":\"")[1].Split('"')[0];
            yield return auth;
            yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(content));
            foreach (string part in Encoding.UTF8.GetString(Convert.FromBase64String(auth)).Split(':'))
                yield return part;
        }
    }
}
