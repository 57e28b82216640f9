using System.Globalization;
using System.Text;
using BuildController.Informers.Api;
using FluentAssertions;
using NUnit.Framework;

namespace BuildController.Tests.Informers.Api;

public sealed class StringPoolTests
{
    [Test]
    public void A_text_is_never_taken_for_another_however_full_the_pool()
    {
        var pool = new StringPool(4);
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            string text = random.Next(500).ToString("x8", CultureInfo.InvariantCulture)[..random.Next(9)] + new string('x', random.Next(3));
            byte[] bytes = Encoding.UTF8.GetBytes(text);

            (pool.Find(bytes) ?? pool.Add(bytes, Encoding.UTF8.GetString(bytes))).Should().Be(text);
        }
    }

    [Test]
    public void What_is_not_ascii_is_not_pooled()
    {
        var pool = new StringPool(4);
        byte[] bytes = Encoding.UTF8.GetBytes("fröhlich");
        pool.Add(bytes, "fröhlich");

        pool.Find(bytes).Should().BeNull();
    }
}
