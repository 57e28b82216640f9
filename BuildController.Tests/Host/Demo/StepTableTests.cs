using BuildController.Host.Demo;
using BuildController.Informers.Api;
using BuildController.Informers.Testing;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Host.Demo;

[TestFixture]
public sealed class StepTableTests
{
    private VirtualWorld world = null!;
    private StringWriter output = null!;
    private StepTable table = null!;

    [SetUp]
    public void MakeTable()
    {
        world = new VirtualWorld();
        output = new StringWriter();
        table = new StepTable(output, world.Time);
    }

    [TearDown]
    public void DisposeOutput() => output.Dispose();

    [Test]
    public void A_step_is_a_row_with_its_time_and_result()
    {
        bool succeeded = Step("Something is done", async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1.5), world.Time);
            return "it was";
        });

        succeeded.Should().BeTrue();
        output.ToString().Should().MatchRegex(@"(?m)^ok +1\. Something is done +1\.5 s it was *$");
    }

    [Test]
    public void A_step_that_came_out_otherwise_says_why()
    {
        bool succeeded = Step("Something is done", static () => throw new StepFailedException("it was not [at all]"));
        table.End(succeeded);

        succeeded.Should().BeFalse();
        output.ToString().Should().MatchRegex(@"(?m)^FAIL 1\. Something is done +0\.0 s it was not \[at all\] *$").And.Contain("1 steps in 0.0 s: a step came out otherwise");
    }

    [Test]
    public void A_request_that_the_server_refuses_fails_the_step()
    {
        Step("Something is asked", static () => throw new ApiException(ApiErrorReason.Forbidden, "not you")).Should().BeFalse();

        output.ToString().Should().Contain("FAIL").And.Contain("not you");
    }

    [Test]
    public void A_step_that_breaks_is_not_taken_for_one_that_came_out_otherwise()
    {
        Action step = () => Step("Something breaks", static () => throw new InvalidOperationException("a bug"));

        step.Should().Throw<InvalidOperationException>();
    }

    [Test]
    public void What_is_no_terminal_gets_no_escape_sequences()
    {
        table.Begin("A tour");
        Step("Something is done", static () => Task.FromResult("it was"));
        table.End(succeeded: true);

        output.ToString().Should().NotContain("\u001b");
    }

    private bool Step(string name, Func<Task<string>> run) => world.Run(() => table.StepAsync(name, run));
}
