namespace BuildController.Informers.Api;

/// <summary>Reads the metadata that every object carries.</summary>
internal static class ObjectMetaReader
{
    private static readonly JsonRead<OwnerReference> OwnerReader = ReadOwner;
    private static readonly JsonRead<IReadOnlyList<OwnerReference>> OwnersReader = static (ref JsonCursor json) => json.ReadList(OwnerReader);

    public static ObjectMeta Read(ref JsonCursor json)
    {
        string? name = null, generateName = null, @namespace = null, uid = null, resourceVersion = null;
        long? generation = null, gracePeriod = null;
        DateTimeOffset? created = null, deleted = null;
        IReadOnlyDictionary<string, string>? labels = null, annotations = null;
        IReadOnlyList<OwnerReference>? owners = null;
        IReadOnlyList<string>? finalizers = null;

        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("name"u8))
                    name = json.ReadText();
                else if (json.Is("namespace"u8))
                    @namespace = json.ReadSharedText();
                else if (json.Is("uid"u8))
                    uid = json.ReadText();
                else if (json.Is("resourceVersion"u8))
                    resourceVersion = json.ReadText();
                else if (json.Is("creationTimestamp"u8))
                    created = json.ReadTime();
                else if (json.Is("labels"u8))
                    labels = json.ReadSharedTextMap();
                else if (json.Is("annotations"u8))
                    annotations = json.ReadSharedTextMap();
                else if (json.Is("ownerReferences"u8))
                    owners = json.ReadShared(OwnersReader);
                else if (json.Is("generateName"u8))
                    generateName = json.ReadSharedText();
                else if (json.Is("generation"u8))
                    generation = json.ReadInt64();
                else if (json.Is("finalizers"u8))
                    finalizers = json.ReadTexts();
                else if (json.Is("deletionTimestamp"u8))
                    deleted = json.ReadTime();
                else if (json.Is("deletionGracePeriodSeconds"u8))
                    gracePeriod = json.ReadInt64();
                else
                    json.Skip();
            }
        }

        return new ObjectMeta
        {
            Name = name!,
            GenerateName = generateName,
            Namespace = @namespace,
            Uid = uid,
            ResourceVersion = resourceVersion,
            Generation = generation,
            CreationTimestamp = created,
            DeletionTimestamp = deleted,
            DeletionGracePeriodSeconds = gracePeriod,
            Labels = labels!,
            Annotations = annotations!,
            OwnerReferences = owners!,
            Finalizers = finalizers!,
        };
    }

    private static OwnerReference ReadOwner(ref JsonCursor json)
    {
        string apiVersion = string.Empty, kind = string.Empty, name = string.Empty, uid = string.Empty;
        bool? controller = null, blockOwnerDeletion = null;
        if (json.BeginObject())
        {
            while (json.NextMember())
            {
                if (json.Is("apiVersion"u8))
                    apiVersion = json.ReadSharedText() ?? string.Empty;
                else if (json.Is("kind"u8))
                    kind = json.ReadSharedText() ?? string.Empty;
                else if (json.Is("name"u8))
                    name = json.ReadSharedText() ?? string.Empty;
                else if (json.Is("uid"u8))
                    uid = json.ReadSharedText() ?? string.Empty;
                else if (json.Is("controller"u8))
                    controller = json.ReadBoolean();
                else if (json.Is("blockOwnerDeletion"u8))
                    blockOwnerDeletion = json.ReadBoolean();
                else
                    json.Skip();
            }
        }

        return new OwnerReference
        {
            ApiVersion = apiVersion,
            Kind = kind,
            Name = name,
            Uid = uid,
            Controller = controller,
            BlockOwnerDeletion = blockOwnerDeletion,
        };
    }
}
