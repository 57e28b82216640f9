using BuildController.Informers.Api;

namespace BuildController.Informers.Client.Configuration;

/// <summary>Tokens from a function of the caller's, who keeps and renews them.</summary>
internal sealed class TokenSourceCredentials(Func<CancellationToken, ValueTask<string?>> source) : CredentialSource
{
    public override async ValueTask<string?> GetTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await source(cancellationToken);
        }
        catch (Exception error) when (error is not (OperationCanceledException or ApiException))
        {
            throw new ApiException(ApiErrorReason.Unauthorized, $"The token source gave no bearer token ({error.Message.TrimEnd('.')}).", error);
        }
    }

    public override async ValueTask<bool> RenewAsync(string? refused, CancellationToken cancellationToken) => await GetTokenAsync(cancellationToken) != refused;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
