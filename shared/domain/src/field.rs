//! What is wrong with a field, and the list of everything that is wrong with a request.

use std::fmt;

/// Why a text is not what it should be: a stable code and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Stable, for programs.
    pub code: &'static str,
    /// For people; may change.
    pub message: String,
}

impl Invalid {
    /// A code with its sentence.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Invalid {}

/// One wrong field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's path in the request, such as `contact_method.value`.
    pub field: String,
    /// Stable, for programs.
    pub code: &'static str,
    /// For people; may change.
    pub message: String,
}

/// Everything that is wrong with a request, collected so that one answer names it all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Nothing wrong so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One wrong field and nothing else.
    pub fn one(field: impl Into<String>, invalid: Invalid) -> Self {
        let mut fields = Self::new();
        fields.refuse(field, invalid);
        fields
    }

    /// Notes that a field is wrong.
    pub fn refuse(&mut self, field: impl Into<String>, invalid: Invalid) {
        let Invalid { code, message } = invalid;
        let field = field.into();
        self.0.push(FieldError { field, code, message });
    }

    /// The value, or `None` with the reason noted.
    pub fn check<T>(&mut self, field: &str, outcome: Result<T, Invalid>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.refuse(field, invalid);
                None
            }
        }
    }

    /// Parses a field that must be there.
    pub fn required<T>(
        &mut self,
        field: &str,
        given: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let outcome = given.map_or_else(|| Err(Invalid::new("required", "is required")), parse);
        self.check(field, outcome)
    }

    /// Parses a field that may be missing; `None` both when it is and when it is wrong.
    pub fn optional<T>(
        &mut self,
        field: &str,
        given: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        given.and_then(|text| self.check(field, parse(text)))
    }

    /// The value if nothing was wrong, and all that was wrong otherwise.
    ///
    /// # Errors
    /// Every field refused so far; also when `value` is missing although none was.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            Some(_) | None => Err(self),
        }
    }

    /// The wrong fields, in the order they were found.
    #[must_use]
    pub fn into_vec(self) -> Vec<FieldError> {
        self.0
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
