using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Docs;

/// <summary>What holds the pages to their code.</summary>
[TestFixture]
public sealed class CodeRegionsTests
{
    private static readonly string Marker = "#" + "region ";
    private static readonly string EndMarker = "#" + "endregion";

    [Test]
    public void A_region_is_shown_without_its_indentation_and_without_the_marks_inside()
    {
        string source = $"""
            class A
            {"{"}
                {Marker}outer
                void M()
                {"{"}
                    {Marker}inner
                    Call();

                    Other();
                    {EndMarker}
                {"}"}
                {EndMarker}
            {"}"}
            """;

        IReadOnlyDictionary<string, string> regions = CodeRegions.Of(source);

        regions["inner"].Should().Be("Call();\n\nOther();");
        regions["outer"].Should().Be("void M()\n{\n    Call();\n\n    Other();\n}");
    }

    [Test]
    public void Regions_that_are_not_well_formed_are_told()
    {
        FluentActions.Invoking(() => CodeRegions.Of($"{Marker}a")).Should().Throw<FormatException>().WithMessage("Region 'a' does not end.");
        FluentActions.Invoking(() => CodeRegions.Of(EndMarker)).Should().Throw<FormatException>();
        FluentActions.Invoking(() => CodeRegions.Of($"{Marker}a\n{EndMarker}\n{Marker}a\n{EndMarker}")).Should().Throw<FormatException>().WithMessage("*two regions 'a'*");
    }

    [Test]
    public void Blocks_say_what_they_show_in_a_comment_before_or_after_the_language()
    {
        string page = """
            Text.

            <!-- code: A.cs#one -->
            ```csharp
            One();
            ```

            ```csharp A.cs#two
            Two();
            ```

            ```sh
            ```

            ```csharp
            Free();
            ```
            """;

        CodeBlock.Of(page).Should().Equal(new CodeBlock(4, "A.cs#one", "One();"), new CodeBlock(8, "A.cs#two", "Two();"), new CodeBlock(15, null, "Free();"));
        FluentActions.Enumerating(() => CodeBlock.Of("```csharp\nA();")).Should().Throw<FormatException>().WithMessage("*line 1*");
    }
}
