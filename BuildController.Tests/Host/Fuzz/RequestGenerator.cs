using System.Globalization;
using System.Text;

namespace BuildController.Tests.Host.Fuzz;

/// <summary>Makes HTTP requests that are wrong somewhere: in the request line, the headers, the path, the query, the body, or all over. The same seed makes the same ones.</summary>
internal sealed class RequestGenerator(int seed, string token)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", "", "G\u0001T", "CONNECT", "TRACE", "PRI", new('A', 5000)];

    private static readonly string[] Paths =
    [
        "/", "", "*", "//", "/api", "/api/v1", "/api/v1/namespaces/default/configmaps", "/api/v1/namespaces/default/configmaps/x", "/api/v1/namespaces//configmaps",
        "/api/v1/namespaces/default/pods/x/status/y", "/apis/machineconfiguration.openshift.io/v1/machineconfigpools/worker/status", "/apis/../../etc/passwd", "/api/v1/%00", "/api/%zz",
        "/api/v1/namespaces/%2e%2e/pods", "/openapi/v3/apis/none", "/apis/apps/v1/deployments/x/scale", "/healthz/%ff", "http://[::bad/api", "/api/v1/watch/pods", "/\u00ff\u00fe", "/" + new string('a', 9000),
    ];

    private static readonly string[] Queries =
    [
        "", "?", "?limit=-1", "?limit=99999999999999999999", "?limit=x", "?watch=maybe", "?watch=1&resourceVersion=abc&timeoutSeconds=1", "?resourceVersion=-5", "?continue=%00%ff", "?continue=!!!",
        "?labelSelector=a%20in%20(", "?labelSelector=%3D%3D%3D", "?fieldSelector=nothing=1", "?fieldSelector=a%3Db%3Dc", "?fieldManager=" + "x", "?dryRun=None", "?fieldValidation=Perhaps", "?propagationPolicy=Never",
        "?gracePeriodSeconds=-9", "?sendInitialEvents=true", "?resourceVersionMatch=Never&resourceVersion=1", "?&&&===", "?%", "?timeoutSeconds=-1&watch=true", "?allowWatchBookmarks=2",
    ];

    private static readonly string[] Bodies =
    [
        "", "{", "}", "null", "[]", "\"text\"", "{\"metadata\":null}", "{\"metadata\":{\"name\":5}}", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"X_\"}}", "{\"kind\":\"Pod\"}",
        "{\"apiVersion\":\"v2\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"},\"data\":[]}", "[{\"op\":\"test\"}]", "[{\"op\":\"move\",\"path\":\"/\"}]",
        "[{\"op\":\"add\",\"path\":\"no\",\"value\":1}]", "{\"spec\":{\"$patch\":\"explode\"}}", "{\"a\":" + new string('[', 3000), "a: [", "a: &x [*x, *x]", "{\"metadata\":{\"labels\":{\"" + new string('k', 400) + "\":\"v\"}}}", "\0\u0001\u0002", "k8s\0garbage",
        "{\"metadata\":{\"ownerReferences\":[{}]}}", "{\"metadata\":{\"managedFields\":[{\"fieldsV1\":5}]}}", "{\"metadata\":{\"resourceVersion\":\"x\",\"uid\":5,\"deletionTimestamp\":\"never\"}}", "{\"x\":1e999}",
    ];

    private static readonly string[] Types =
    [
        "application/json", "application/yaml", "application/merge-patch+json", "application/json-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml", "application/vnd.kubernetes.protobuf", "text/plain", "", "/", "application/json; charset=utf-99",
    ];

    private static readonly string[] Accepts = ["application/json", "*/*", "text/html", "application/json;as=Table;g=none;v=v9", "application/vnd.kubernetes.protobuf", ";;;", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", ""];

    private static readonly string[] OddHeaders =
    [
        "Content-Length: -1", "Content-Length: 1, 2", "Content-Length: 99", "Transfer-Encoding: gzip", "Transfer-Encoding: chunked", "Host: a\r\nHost: b", "No colon here", ": empty", "X: \u0000", "Expect: the-unexpected", "Connection: upgrade\r\nUpgrade: SPDY/3.1",
        "Content-Encoding: gzip", "Authorization: Basic e30=", "Authorization: Bearer", "X-" + new string('h', 20_000) + ": y", "If-None-Match: *", "Range: bytes=0-", " folded: yes", "Impersonate-User: root",
    ];

    private readonly Random random = new(seed);

    public byte[] Next()
    {
        var text = new StringBuilder();
        string version = Pick(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/9.9", "http/1.1", "", "HTTP/1.1 extra"]);
        string body = random.Next(3) == 0 ? string.Empty : Pick(Bodies);
        text.Append(CultureInfo.InvariantCulture, $"{Pick(Methods)} {Pick(Paths)}{Pick(Queries)} {version}\r\n");
        if (random.Next(10) > 0)
            text.Append("Host: localhost\r\n");

        if (random.Next(10) > 1)
            text.Append(CultureInfo.InvariantCulture, $"Authorization: Bearer {token}\r\n");

        text.Append(CultureInfo.InvariantCulture, $"Content-Type: {Pick(Types)}\r\nAccept: {Pick(Accepts)}\r\n");
        if (random.Next(4) == 0)
            text.Append(Pick(OddHeaders)).Append("\r\n");
        else
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.Latin1.GetByteCount(body)}\r\n");

        text.Append("Connection: close\r\n\r\n").Append(body);
        byte[] bytes = Encoding.Latin1.GetBytes(text.ToString());
        return random.Next(4) == 0 ? Damage(bytes) : bytes;
    }

    /// <summary>Flips, cuts, doubles or replaces bytes anywhere.</summary>
    private byte[] Damage(byte[] bytes)
    {
        switch (random.Next(4))
        {
            case 0:
                for (int i = random.Next(1, 8); i > 0; i--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

                return bytes;
            case 1:
                return bytes[..random.Next(bytes.Length)];
            case 2:
                int at = random.Next(bytes.Length);
                return [.. bytes[..at], .. bytes[random.Next(at + 1)..at], .. bytes[at..]];
            default:
                var noise = new byte[random.Next(1, 600)];
                random.NextBytes(noise);
                return noise;
        }
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
