using System.Reflection;
using BuildController.Core.Sync;
using BuildController.Informers.Cache;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Diagnostics;

/// <summary>People search logs by event id and alert on it: an id means one thing, for good.</summary>
[TestFixture]
public sealed class LogEventTests
{
    private static readonly Assembly[] Assemblies =
        [typeof(SharedInformerFactory).Assembly, typeof(ImageBuildController).Assembly, Assembly.Load("BuildController.Host")];

    [Test]
    public void Every_log_message_has_an_id_of_its_own_and_a_name()
    {
        (int Id, string? Name, string Method)[] messages =
        [
            .. from assembly in Assemblies
               from type in assembly.GetTypes()
               from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
               let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
               where attribute is not null
               select (attribute.EventId, attribute.EventName, $"{type.Name}.{method.Name}"),
        ];

        messages.Should().HaveCountGreaterThan(25);
        messages.Should().OnlyContain(static message => message.Id >= 1000, "each folder has its thousand");
        messages.Should().OnlyContain(static message => !string.IsNullOrEmpty(message.Name));
        messages.Select(static message => message.Id).Should().OnlyHaveUniqueItems();
        messages.Select(static message => message.Name).Should().OnlyHaveUniqueItems();
    }
}
