//! Turns YAML into values without functions, each with its line.

use saphyr::{MarkedYaml, Scalar, YamlData};

use super::TemplateError;
use super::resolved::{Resolved, Value};
use super::scope::Scope;

/// Resolves a node and all below it; `outer` is the line of a node that knows none, as what follows a tag does.
pub(super) fn resolve(node: &MarkedYaml<'_>, outer: usize, scope: &Scope) -> Result<Resolved, TemplateError> {
    let line = line_of(node, outer);
    let value = match &node.data {
        YamlData::Tagged(tag, inner) => call(&tag.suffix, &resolve(inner, line, scope)?, scope)?,
        YamlData::Mapping(entries) => {
            let entries = entries.iter().map(|(key, value)| entry(key, value, line, scope));
            Value::Map(entries.collect::<Result<_, _>>()?)
        }
        YamlData::Sequence(items) => {
            let items = items.iter().map(|item| resolve(item, line, scope));
            Value::List(items.collect::<Result<_, _>>()?)
        }
        YamlData::Value(scalar) => plain(scalar, line)?,
        YamlData::Representation(..) | YamlData::Alias(_) | YamlData::BadValue => {
            return Err(TemplateError::at(line, "this value cannot be read"));
        }
    };
    Ok(Resolved { line, value })
}

/// The line a node starts on, counted from 1.
pub(super) fn line_of(node: &MarkedYaml<'_>, outer: usize) -> usize {
    match node.span.start.line() {
        0 => outer,
        line => line,
    }
}

fn entry(
    key: &MarkedYaml<'_>,
    value: &MarkedYaml<'_>,
    outer: usize,
    scope: &Scope,
) -> Result<(String, Resolved), TemplateError> {
    let line = line_of(key, outer);
    let YamlData::Value(Scalar::String(name)) = &key.data else {
        return Err(TemplateError::at(line, "a name must be a text"));
    };
    if name == "Ref" || name.starts_with("Fn::") {
        return Err(TemplateError::at(line, format!("`{name}` is supported in its short form only, with a `!`")));
    }
    let value = Resolved { line, ..resolve(value, line, scope)? };
    Ok((name.to_string(), value))
}

fn plain(scalar: &Scalar<'_>, line: usize) -> Result<Value, TemplateError> {
    match scalar {
        Scalar::Null => Ok(Value::Null),
        Scalar::Boolean(truth) => Ok(Value::Bool(*truth)),
        Scalar::Integer(number) => Ok(Value::Number(*number)),
        Scalar::String(text) => Ok(Value::Text(text.to_string())),
        Scalar::FloatingPoint(_) => Err(TemplateError::at(line, "a number with a fraction is not supported")),
    }
}

fn call(function: &str, argument: &Resolved, scope: &Scope) -> Result<Value, TemplateError> {
    match function {
        "Ref" => scope.reference(argument),
        "GetAtt" => scope.attribute(argument),
        "Sub" => scope.substitute(argument),
        "If" => choose(argument, scope),
        "Equals" => equals(argument),
        "Not" => not(argument),
        "And" => Ok(Value::Bool(truths(argument)?.into_iter().all(|truth| truth))),
        "Or" => Ok(Value::Bool(truths(argument)?.into_iter().any(|truth| truth))),
        _ => Err(argument.refuse(format!("`!{function}` is not supported"))),
    }
}

fn choose(argument: &Resolved, scope: &Scope) -> Result<Value, TemplateError> {
    let [condition, yes, no] = argument.items()? else {
        return Err(argument.refuse("`!If` takes a condition and two values"));
    };
    let chosen = if scope.holds(condition)? { yes } else { no };
    Ok(chosen.value.clone())
}

fn equals(argument: &Resolved) -> Result<Value, TemplateError> {
    let [left, right] = argument.items()? else {
        return Err(argument.refuse("`!Equals` takes two values"));
    };
    Ok(Value::Bool(left.scalar()? == right.scalar()?))
}

fn not(argument: &Resolved) -> Result<Value, TemplateError> {
    let [condition] = argument.items()? else {
        return Err(argument.refuse("`!Not` takes one condition"));
    };
    Ok(Value::Bool(!condition.truth()?))
}

fn truths(argument: &Resolved) -> Result<Vec<bool>, TemplateError> {
    argument.items()?.iter().map(Resolved::truth).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use saphyr::LoadableYamlNode;

    use super::*;

    fn resolved(text: &str) -> Result<Resolved, TemplateError> {
        let mut scope = Scope::default();
        scope.name(["Table".to_owned()]);
        let declared = "Stage: {Type: String, Default: dev}\nHosts: {Type: CommaDelimitedList, Default: 'a, b'}";
        let declared = resolve(&MarkedYaml::load_from_str(declared).unwrap()[0], 1, &scope)?;
        scope.give(&declared, &BTreeMap::new())?;
        resolve(&MarkedYaml::load_from_str(text).unwrap()[0], 1, &scope)
    }

    #[test]
    fn names_become_what_they_mean() {
        let text = "
- !Ref Stage
- !Ref Hosts
- !Ref Table
- !Ref AWS::Region
- !GetAtt Table.Arn
- !Sub 'arn:${AWS::Partition}:${AWS::AccountId}:${Table.Arn}/${Stage} ${!kept} 100%'
- !Or [!And [!Equals [!Ref Stage, dev], !Not [!Equals [1, '1']]], !Equals [true, 'true']]
";
        let expected = serde_json::json!([
            "dev",
            ["a", "b"],
            "Table",
            "us-east-1",
            "Table.Arn",
            "arn:aws:123456789012:Table.Arn/dev ${kept} 100%",
            true,
        ]);
        assert_eq!(resolved(text).unwrap().json(), expected);
    }

    #[test]
    fn what_means_nothing_names_its_line() {
        for wrong in [
            "!Ref Nothing",
            "!Ref AWS::NoValue",
            "!GetAtt Nothing.Arn",
            "!GetAtt Table",
            "!GetAtt [Table, Arn]",
            "!Sub '${Nothing}'",
            "!Sub '${Nothing.Arn}'",
            "!Sub '${Hosts}'",
            "!Sub '${open'",
            "!Select [0, [a]]",
            "!If [Nothing, a, b]",
            "!Not [a]",
            "{Ref: Stage}",
            "{'Fn::Sub': a}",
            "{1: a}",
            "1.5",
        ] {
            let error = resolved(&format!("first: a\nsecond:\n  third: {wrong}\n")).unwrap_err();
            assert_eq!(error.line, 3, "{wrong}: {error}");
        }
    }

    #[test]
    fn a_value_stands_on_the_line_of_its_key() {
        let root = resolved("first:\n  second:\n    third: a\n").unwrap();
        let first = root.field("first").unwrap();
        assert_eq!((first.line, first.field("second").unwrap().line), (1, 2));
    }
}
