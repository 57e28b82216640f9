using System.Reflection;

namespace BuildController.Tests.Packages;

/// <summary>Types as C# writes them, with what may be null.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(char)] = "char", [typeof(decimal)] = "decimal", [typeof(double)] = "double",
        [typeof(float)] = "float", [typeof(int)] = "int", [typeof(long)] = "long", [typeof(object)] = "object", [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short", [typeof(string)] = "string", [typeof(uint)] = "uint", [typeof(ulong)] = "ulong", [typeof(ushort)] = "ushort", [typeof(void)] = "void",
    };

    /// <summary>A type where it is used, for example <c>IReadOnlyList&lt;string?&gt;?</c>.</summary>
    public static string Of(NullabilityInfo info, bool isWritten = false)
    {
        NullabilityState state = isWritten ? info.WriteState : info.ReadState;
        Type type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return (info.GenericTypeArguments is [var argument] && argument.Type == underlying ? Of(argument, isWritten) : Of(underlying)) + "?";

        // Of a parameter that may be anything, reflection says that it may be null whether it is written T or T?.
        bool isAnything = type.IsGenericParameter && !type.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint);
        string mark = state == NullabilityState.Nullable && !type.IsValueType && !isAnything ? "?" : string.Empty;
        if (type.IsArray)
            return (info.ElementType is { } element ? Of(element, isWritten) : Of(type.GetElementType()!)) + "[]" + mark;

        return type.IsGenericType
            ? Generic(type, info.GenericTypeArguments.Length == type.GetGenericArguments().Length ? [.. info.GenericTypeArguments.Select(one => Of(one, isWritten))] : null) + mark
            : Of(type) + mark;
    }

    /// <summary>A type by itself.</summary>
    public static string Of(Type type)
    {
        if (type.IsByRef)
            return Of(type.GetElementType()!);

        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Of(underlying) + "?";

        if (type.IsArray)
            return Of(type.GetElementType()!) + "[]";

        if (type.IsGenericParameter)
            return type.Name;

        if (Keywords.TryGetValue(type, out string? keyword))
            return keyword;

        return type.IsGenericType ? Generic(type, null) : Outer(type) + type.Name;
    }

    /// <summary>Its own parameters and those of the types around it are one list in the metadata.</summary>
    private static string Generic(Type type, string[]? arguments)
    {
        arguments ??= [.. type.GetGenericArguments().Select(Of)];
        int outer = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string name = type.Name.Split('`')[0];
        return Outer(type) + (arguments.Length > outer ? $"{name}<{string.Join(", ", arguments[outer..])}>" : name);
    }

    private static string Outer(Type type) => type.DeclaringType is { } outer ? outer.Name.Split('`')[0] + "." : string.Empty;
}
