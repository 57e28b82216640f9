using BuildController.Core.Images;
using BuildController.Core.Rebuild;
using BuildController.Tests.Core.Rebuild;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Core.Images;

[TestFixture]
public sealed class ContainerfileTests
{
    private static readonly BuildInputs Inputs = ((InputsObservation.Valid)RebuildWorld.ValidInputs()).Inputs with { ReleaseVersion = "4.16.0" };

    [Test]
    public void Names_the_config_the_pool_the_release_and_the_payload()
    {
        string text = Containerfile.Render("worker", "rendered-worker-1", Inputs with { ExtensionsImage = "registry.example.com/ext:1" });

        text.Should().Contain("FROM registry.example.com/base:1 AS extract")
            .And.Contain("FROM registry.example.com/ext:1 AS extensions")
            .And.Contain("FROM registry.example.com/base:1 AS configs")
            .And.Contain("machineconfig.json.gz")
            .And.Contain("LABEL machineconfig=rendered-worker-1\n")
            .And.Contain("LABEL machineconfigpool=worker\n")
            .And.Contain("LABEL releaseversion=4.16.0\n");
    }

    [Test]
    public void Leaves_out_the_extensions_stage_without_an_image_for_it() =>
        Containerfile.Render("worker", "rendered-worker-1", Inputs).Should().NotContain("AS extensions");

    [TestCase("FROM configs AS final\nRUN echo {{ .Pool }}\n")]
    [TestCase("FROM configs AS final\r\nRUN true\r\n")]
    [TestCase("FROM configs AS final")]
    public void Takes_what_the_admin_adds_to_the_letter(string custom) =>
        Containerfile.Render("worker", "rendered-worker-1", Inputs with { CustomContainerfile = custom }).Should().EndWith("\n" + custom);
}
