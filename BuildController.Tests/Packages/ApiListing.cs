using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace BuildController.Tests.Packages;

/// <summary>
/// What of an assembly others can build on, as text: a line for each type, and below it, indented, a line for each member. What the compiler adds to records by
/// itself is left out.
/// </summary>
internal static class ApiListing
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The lines, types and members in ordinal order.</summary>
    public static IEnumerable<string> Of(Assembly assembly)
    {
        foreach (Type type in assembly.GetExportedTypes().OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            yield return Head(type);
            foreach (string member in Members(type).Order(StringComparer.Ordinal))
                yield return "    " + member;
        }
    }

    private static string Head(Type type)
    {
        string name = $"{type.Namespace}.{TypeNames.Of(type)}";
        if (type.IsEnum)
            return $"{name}: enum {TypeNames.Of(Enum.GetUnderlyingType(type))}";

        if (type.BaseType == typeof(MulticastDelegate))
            return $"{name}: delegate {Signature(type.GetMethod("Invoke")!)}{Constraints(type.GetGenericArguments())}";

        string kind = type.IsInterface ? "interface" : type.IsValueType ? Struct(type) : Class(type);
        string[] bases = [.. Bases(type)];
        return $"{name}: {kind}{(bases.Length > 0 ? " : " + string.Join(", ", bases) : string.Empty)}{Constraints(type.GetGenericArguments())}";
    }

    private static string Class(Type type)
    {
        string modifier = type.IsAbstract ? type.IsSealed ? "static " : "abstract " : type.IsSealed ? "sealed " : string.Empty;
        return modifier + (type.GetMethod("<Clone>$") is null ? "class" : "record");
    }

    private static string Struct(Type type)
    {
        bool isRecord = type.GetMethod("PrintMembers", Declared) is { } print && IsGenerated(print);
        return (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : string.Empty)
            + (type.IsByRefLike ? "ref " : string.Empty)
            + (isRecord ? "record struct" : "struct");
    }

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
            yield return TypeNames.Of(parent);

        Type[] inherited = [.. (type.BaseType?.GetInterfaces() ?? []).Concat(type.GetInterfaces().SelectMany(static one => one.GetInterfaces()))];
        IEnumerable<Type> own = type.GetInterfaces().Except(inherited)
            .Where(one => one.IsVisible && !(one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IEquatable<>)));
        foreach (string name in own.Select(TypeNames.Of).Order(StringComparer.Ordinal))
            yield return name;
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.BaseType == typeof(MulticastDelegate))
            return [];

        if (type.IsEnum)
            return type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field =>
                $"{field.Name} = {Convert.ToString(Convert.ChangeType(field.GetRawConstantValue()!, typeof(long), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)}");

        return
        [
            .. type.GetConstructors(Declared).Where(static one => IsShown(one) && !IsGenerated(one)).Select(one => $"{Access(one)}{type.Name.Split('`')[0]}({Parameters(one)})"),
            .. type.GetFields(Declared).Where(static field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly).Select(Field),
            .. type.GetProperties(Declared).Select(Property).OfType<string>(),
            .. type.GetEvents(Declared).Where(static one => IsShown(one.AddMethod!)).Select(static one => $"{Access(one.AddMethod!)}event {TypeNames.Of(one.EventHandlerType!)} {one.Name}"),
            .. type.GetMethods(Declared).Where(static one => IsShown(one) && !IsGenerated(one) && (!one.IsSpecialName || one.Name.StartsWith("op_", StringComparison.Ordinal)))
                .Select(static one => Access(one) + Signature(one) + Constraints(one.GetGenericArguments())),
        ];
    }

    private static string Field(FieldInfo field)
    {
        string type = TypeNames.Of(new NullabilityInfoContext().Create(field));
        string modifier = field.IsLiteral ? "const " : (field.IsStatic ? "static " : string.Empty) + (field.IsInitOnly ? "readonly " : string.Empty);
        return $"{modifier}{type} {field.Name}{(field.IsLiteral ? " = " + Constant(field.GetRawConstantValue()) : string.Empty)}";
    }

    private static string? Property(PropertyInfo property)
    {
        MethodInfo? get = property.GetMethod is { } reader && IsShown(reader) ? reader : null;
        MethodInfo? set = property.SetMethod is { } writer && IsShown(writer) ? writer : null;
        MethodInfo? shown = get ?? set;
        if (shown is null || IsGenerated(property))
            return null;

        NullabilityInfo info = new NullabilityInfoContext().Create(property);
        string verb = set?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true ? "init" : "set";
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : string.Empty;
        string name = property.GetIndexParameters() is [_, ..] indices ? $"this[{string.Join(", ", indices.Select(Parameter))}]" : property.Name;
        return $"{Access(shown)}{required}{Reference(shown.ReturnParameter)}{TypeNames.Of(info, isWritten: get is null)} {name} {{ {(get is null ? string.Empty : "get; ")}{(set is null ? string.Empty : verb + "; ")}}}";
    }

    private static string Signature(MethodInfo method)
    {
        string arguments = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(TypeNames.Of))}>" : string.Empty;
        bool isExtension = method.IsDefined(typeof(ExtensionAttribute));
        return $"{Reference(method.ReturnParameter)}{TypeNames.Of(new NullabilityInfoContext().Create(method.ReturnParameter))} {method.Name}{arguments}({(isExtension ? "this " : string.Empty)}{Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        bool isList = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute));
        string mode = isList ? "params " : !parameter.ParameterType.IsByRef ? string.Empty : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        string value = parameter.HasDefaultValue ? " = " + Constant(parameter.RawDefaultValue) : string.Empty;
        return $"{mode}{TypeNames.Of(new NullabilityInfoContext().Create(parameter), isWritten: !parameter.IsOut)} {parameter.Name}{value}";
    }

    private static string Reference(ParameterInfo returned) =>
        !returned.ParameterType.IsByRef ? string.Empty : returned.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.InteropServices.InAttribute)) ? "ref readonly " : "ref ";

    private static string Constraints(Type[] parameters)
    {
        IEnumerable<string> all = from parameter in parameters
                                  let constraints = ConstraintsOf(parameter).ToArray()
                                  where parameter.IsGenericParameter && constraints.Length > 0
                                  select $" where {parameter.Name} : {string.Join(", ", constraints)}";
        return string.Concat(all);
    }

    private static IEnumerable<string> ConstraintsOf(Type parameter)
    {
        if (!parameter.IsGenericParameter)
            yield break;

        GenericParameterAttributes attributes = parameter.GenericParameterAttributes;
        bool isStruct = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        if (isStruct)
            yield return "struct";
        else if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            yield return "class";
        else if (Nullability(parameter) == 1)
            yield return "notnull";

        foreach (Type constraint in parameter.GetGenericParameterConstraints().Where(static one => one != typeof(ValueType)))
            yield return TypeNames.Of(constraint);

        if (!isStruct && attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
            yield return "new()";
    }

    /// <summary>1 where the parameter is annotated as not null: by itself, or by what is around it.</summary>
    private static int Nullability(Type parameter)
    {
        if (Flag(parameter, "NullableAttribute") is { } own)
            return own;

        for (MemberInfo? around = parameter.DeclaringMethod ?? (MemberInfo?)parameter.DeclaringType; around is not null; around = around.DeclaringType)
        {
            if (Flag(around, "NullableContextAttribute") is { } context)
                return context;
        }

        return 0;
    }

    private static int? Flag(MemberInfo member, string attribute) =>
        member.CustomAttributes.FirstOrDefault(one => one.AttributeType.Name == attribute)?.ConstructorArguments[0].Value is byte flag ? flag : null;

    private static string Access(MethodBase method)
    {
        string access = method.IsPublic ? string.Empty : "protected ";
        if (method.DeclaringType!.IsInterface)
            return access + (method.IsStatic ? method.IsAbstract ? "static abstract " : "static " : method.IsAbstract ? string.Empty : "default ");

        bool isOverride = method is MethodInfo info && info.GetBaseDefinition() != info;
        return access + (method.IsStatic && method is MethodInfo ? "static "
            : isOverride ? "override "
            : method.IsAbstract ? "abstract "
            : method.IsVirtual && !method.IsFinal ? "virtual "
            : string.Empty);
    }

    private static string Constant(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static bool IsShown(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsGenerated(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute)) || member.Name == "EqualityContract";
}
