namespace BuildController.Core.Images;

/// <summary>What the containers of a build pod run.</summary>
internal static class BuildScripts
{
    /// <summary>Builds with the vfs driver, which needs no privileges, and pushes; the digest file tells the other container that it is done.</summary>
    public const string Build = """
        set -euo pipefail
        build_context="$HOME/context"
        mkdir -p "$build_context/machineconfig"
        cp /tmp/dockerfile/Dockerfile "$build_context"
        cp /tmp/machineconfig/machineconfig.json.gz "$build_context/machineconfig/"
        buildah bud --storage-driver vfs --authfile "$BASE_IMAGE_PULL_CREDS" --tag "$TAG" --file "$build_context/Dockerfile" "$build_context"
        buildah push --storage-driver vfs --authfile "$FINAL_IMAGE_PUSH_CREDS" --digestfile /tmp/done/digestfile.part --cert-dir /var/run/secrets/kubernetes.io/serviceaccount "$TAG"
        mv /tmp/done/digestfile.part /tmp/done/digestfile
        """;

    /// <summary>
    /// Publishes the digest in a ConfigMap that carries the attempt's labels, so that it can be told from another attempt's
    /// and is found when the attempt is cleaned up. Safe to run twice.
    /// </summary>
    public const string PublishDigest = """
        set -euo pipefail
        until [ -f /tmp/done/digestfile ]; do sleep 1; done
        oc create configmap "$DIGEST_CONFIGMAP_NAME" --from-file=digest=/tmp/done/digestfile --dry-run=client -o yaml \
          | oc label --local -f - -o yaml ${DIGEST_CONFIGMAP_LABELS//,/ } \
          | oc apply -f -
        """;
}
