using BuildController.Informers.Api;
using BuildController.Informers.Execution;
using Microsoft.Extensions.Logging;

namespace BuildController.Informers.Client.Configuration;

/// <summary>
/// A token in a file that someone else rotates. It is read each minute and when the server refuses it. While the file
/// cannot be read, the last token goes on being used: it is likely still good.
/// </summary>
internal sealed partial class TokenFileCredentials(string file, string? fallback, OperatorRuntime runtime) : CredentialSource
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly ILogger logger = runtime.LoggerFactory.CreateLogger<TokenFileCredentials>();
    private string? token = fallback;
    private long? readAt;

    public override ValueTask<string?> GetTokenAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (readAt is not { } last || runtime.Time.GetElapsedTime(last) >= Period)
                Read();

            return ValueTask.FromResult(token);
        }
    }

    public override ValueTask<bool> RenewAsync(string? refused, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (token == refused)
                Read();

            return ValueTask.FromResult(token != refused);
        }
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Read()
    {
        try
        {
            string text = File.ReadAllText(file).Trim();
            if (text.Length == 0)
                throw new IOException("the file is empty");

            token = text;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (token is null)
                throw new ApiException(ApiErrorReason.Unauthorized, $"The token file {file} cannot be read ({error.Message.TrimEnd('.')}): check the path, its permissions and the mount.", error);

            LogUnreadable(logger, file, error);
        }

        readAt = runtime.Time.GetTimestamp();
    }

    [LoggerMessage(2000, LogLevel.Warning, "The token file {File} cannot be read; the last token goes on being used.", EventName = "TokenFileUnreadable")]
    private static partial void LogUnreadable(ILogger logger, string file, Exception error);
}
