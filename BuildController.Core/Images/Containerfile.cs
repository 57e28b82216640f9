using System.Text;

namespace BuildController.Core.Images;

/// <summary>
/// Renders the Containerfile of a build. Its stages: <c>extract</c> unpacks the machine config onto the base image,
/// <c>extensions</c> makes the extensions image available if there is one, <c>configs</c> applies the machine config, and what
/// the admin adds builds on that, ending with a stage <c>FROM configs AS final</c>.
/// </summary>
internal static class Containerfile
{
    public static string Render(string pool, string config, BuildInputs inputs)
    {
        var text = new StringBuilder();
        text.Append($"""
            FROM {inputs.BaseImage} AS extract
            COPY ./machineconfig/machineconfig.json.gz /tmp/machineconfig.json.gz
            RUN mkdir -p /etc/machine-config-daemon && \
                base64 -d /tmp/machineconfig.json.gz | gunzip > /etc/machine-config-daemon/currentconfig


            """);
        if (inputs.ExtensionsImage is not null)
        {
            text.Append($"""
                FROM {inputs.ExtensionsImage} AS extensions


                """);
        }

        text.Append($"""
            FROM {inputs.BaseImage} AS configs
            COPY --from=extract /etc/machine-config-daemon/currentconfig /etc/machine-config-daemon/currentconfig
            RUN jq '.spec.config' /etc/machine-config-daemon/currentconfig > /tmp/ignition.json && \
                (export container=oci; exec -a ignition-apply /usr/lib/dracut/modules.d/30ignition/ignition --ignore-unsupported /tmp/ignition.json) && \
                rm /tmp/ignition.json && \
                ostree container commit
            LABEL machineconfig={config}
            LABEL machineconfigpool={pool}
            LABEL releaseversion={inputs.ReleaseVersion}
            LABEL baseOSContainerImage={inputs.BaseImage}

            """);
        if (inputs.CustomContainerfile is not null)
            text.Append('\n').Append(inputs.CustomContainerfile);

        return text.ToString();
    }
}
