//! A value of the template after its functions were resolved, with the line it stands on.

use serde_json::Value as Json;

use super::TemplateError;

/// A value and its line; a value under a key stands on the line of the key.
#[derive(Clone, Debug)]
pub(super) struct Resolved {
    pub(super) line: usize,
    pub(super) value: Value,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<Resolved>),
    /// In the order of the file.
    Map(Vec<(String, Resolved)>),
}

impl Resolved {
    /// A mapping without entries, for what may be left out.
    pub(super) fn nothing(line: usize) -> Self {
        let value = Value::Map(Vec::new());
        Self { line, value }
    }

    /// An error about this value.
    pub(super) fn refuse(&self, message: impl Into<String>) -> TemplateError {
        TemplateError::at(self.line, message)
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Result<&str, TemplateError> {
        let Value::Text(text) = &self.value else {
            return Err(self.refuse("a text is expected here"));
        };
        Ok(text)
    }

    /// A text, number or boolean as text: to a deployed template they are the same.
    pub(super) fn scalar(&self) -> Result<String, TemplateError> {
        match &self.value {
            Value::Text(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(truth) => Ok(truth.to_string()),
            Value::Null | Value::List(_) | Value::Map(_) => Err(self.refuse("a single value is expected here")),
        }
    }

    /// The number, if it is one that `N` can hold.
    pub(super) fn number<N: TryFrom<i64>>(&self) -> Result<N, TemplateError> {
        let Value::Number(number) = self.value else {
            return Err(self.refuse("a whole number is expected here"));
        };
        N::try_from(number).ok().ok_or_else(|| self.refuse(format!("{number} is out of range here")))
    }

    /// The boolean, if it is one.
    pub(super) fn truth(&self) -> Result<bool, TemplateError> {
        let Value::Bool(truth) = self.value else {
            return Err(self.refuse("a condition is expected here"));
        };
        Ok(truth)
    }

    /// The items, if it is a list.
    pub(super) fn items(&self) -> Result<&[Self], TemplateError> {
        let Value::List(items) = &self.value else {
            return Err(self.refuse("a list is expected here"));
        };
        Ok(items)
    }

    /// The items, if it is a list of texts.
    pub(super) fn texts(&self) -> Result<Vec<String>, TemplateError> {
        self.items()?.iter().map(|item| item.text().map(str::to_owned)).collect()
    }

    /// The entries, if it is a mapping.
    pub(super) fn entries(&self) -> Result<&[(String, Self)], TemplateError> {
        let Value::Map(entries) = &self.value else {
            return Err(self.refuse("a mapping is expected here"));
        };
        Ok(entries)
    }

    /// What a mapping has under a name, if anything.
    pub(super) fn get(&self, name: &str) -> Result<Option<&Self>, TemplateError> {
        let found = self.entries()?.iter().find(|(key, _)| key == name);
        Ok(found.map(|(_, value)| value))
    }

    /// What a mapping must have under a name.
    pub(super) fn field(&self, name: &str) -> Result<&Self, TemplateError> {
        self.get(name)?.ok_or_else(|| self.refuse(format!("`{name}` is missing here")))
    }

    /// Refuses another value under a name than the one that the local desk can follow.
    pub(super) fn must_be(&self, name: &str, expected: &str) -> Result<(), TemplateError> {
        let found = self.field(name)?;
        if found.scalar()? == expected {
            return Ok(());
        }
        Err(found.refuse(format!("`{name}` must be `{expected}` here")))
    }

    /// Refuses names that nobody here would heed.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), TemplateError> {
        let stranger = self.entries()?.iter().find(|(name, _)| !known.contains(&name.as_str()));
        match stranger {
            Some((name, value)) => Err(value.refuse(format!("`{name}` has no meaning for the local desk"))),
            None => Ok(()),
        }
    }

    /// The same as JSON, without lines.
    pub(super) fn json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(truth) => Json::from(*truth),
            Value::Number(number) => Json::from(*number),
            Value::Text(text) => Json::from(text.as_str()),
            Value::List(items) => items.iter().map(Self::json).collect(),
            Value::Map(entries) => entries.iter().map(|(name, value)| (name.clone(), value.json())).collect(),
        }
    }
}
