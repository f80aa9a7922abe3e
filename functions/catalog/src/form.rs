//! The questions of a category and who may choose it, as they stand in a request.

use domain::catalog::Question;
use domain::catalog::keeping::MOST_CHOICES;
use domain::catalog::reading::distinct;
use domain::field::Fields;
use domain::text::{Body, Label};
use serde::Deserialize;
use utoipa::ToSchema;
use web::body::one_of;

/// One question of a form.
#[derive(Deserialize, ToSchema)]
pub(crate) struct QuestionRequest {
    /// The name of its answer.
    #[schema(required = true, nullable = false)]
    name: Option<String>,
    /// `text` (default), `choice` or `checkbox`.
    kind: Option<String>,
    /// What is asked.
    #[schema(required = true, nullable = false)]
    label: Option<String>,
    /// How to answer.
    help: Option<String>,
    /// What not to write.
    warning: Option<String>,
    /// Whether it must be answered; not unless said so.
    required: Option<bool>,
    /// The answers to choose from, for a choice.
    choices: Option<Vec<String>>,
}

/// Who may choose a category.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SelectableByRequest {
    /// `everyone`, `agents` or `groups`.
    #[schema(required = true, nullable = false)]
    pub(crate) kind: Option<String>,
    /// Which groups, for the kind `groups`.
    pub(crate) groups: Option<Vec<String>>,
}

/// Reads a form; what is wrong is noted in `fields`, and such a question left out.
pub(crate) fn read_form(form: &[QuestionRequest], fields: &mut Fields) -> Vec<Question> {
    form.iter().enumerate().filter_map(|(n, question)| question.read(n, fields)).collect()
}

impl QuestionRequest {
    fn read(&self, n: usize, fields: &mut Fields) -> Option<Question> {
        let at = |field: &str| format!("form.{n}.{field}");
        let name = fields.required(&at("name"), self.name.as_deref(), Label::parse);
        let kind = fields.optional(&at("kind"), self.kind.as_deref(), one_of);
        let label = fields.required(&at("label"), self.label.as_deref(), Label::parse);
        let help = fields.optional(&at("help"), self.help.as_deref(), Body::parse);
        let warning = fields.optional(&at("warning"), self.warning.as_deref(), Body::parse);
        let given = self.choices.as_deref().unwrap_or_default();
        let choices = distinct(fields, &at("choices"), given, MOST_CHOICES, Label::parse);
        let (kind, required) = (kind.unwrap_or_default(), self.required.unwrap_or_default());
        Some(Question { name: name?, kind, label: label?, help, warning, required, choices })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_of_a_form_is_named_with_its_place() {
        let form: Vec<QuestionRequest> = serde_json::from_value(serde_json::json!([
            { "name": "where", "label": "Where?" },
            { "kind": "slider", "label": " ", "choices": ["a", "a"] },
        ]))
        .unwrap();
        let mut fields = Fields::new();
        let read = read_form(&form, &mut fields);
        assert_eq!(read.len(), 1);
        let wrong: Vec<_> = fields.into_vec().into_iter().map(|error| (error.field, error.code)).collect();
        let expected = [
            ("form.1.name", "required"),
            ("form.1.kind", "unknown"),
            ("form.1.label", "blank"),
            ("form.1.choices.1", "repeated"),
        ];
        assert_eq!(wrong, expected.map(|(field, code)| (field.to_owned(), code)));
    }
}
