//! The page on which a password is set, before and after.

use axum::response::Response;
use domain::field::Invalid;
use domain::person::Locale;
use http::StatusCode;
use serde::Serialize;
use web::password::FEWEST_CHARACTERS;
use web::problem::Problem;
use web::reset::Opened;
use web::wording::tag;

use super::{Blank, FOREIGN, FORM_POLICY, PASSWORD, PASSWORD_SET, POLICY, STYLE, html, render};
use crate::words::password::{Words, words};

/// The form, and what it leads to.
#[derive(Debug, Serialize)]
struct Sheet<'a> {
    lang: &'static str,
    style: &'static str,
    words: &'static Words,
    /// For which account: programs that keep passwords want to know it.
    address: &'a str,
    /// Whether whoever sends the form becomes the first admin.
    founds: bool,
    fewest: usize,
    /// Why the password that was sent is none.
    reason: Option<&'static str>,
}

/// What is shown once a password is set.
#[derive(Debug, Serialize)]
struct Done {
    lang: &'static str,
    style: &'static str,
    words: &'static Words,
}

impl<'a> Sheet<'a> {
    fn new(locale: Locale, address: &'a str, founds: bool) -> Self {
        let words = words(locale);
        Self { lang: tag(locale), style: STYLE, words, address, founds, fewest: FEWEST_CHARACTERS, reason: None }
    }

    fn of(opened: &'a Opened) -> Self {
        Self::new(opened.locale(), opened.address().as_str(), opened.founds())
    }

    fn refusing(self, invalid: &Invalid) -> Self {
        let reason = if invalid.code == "too_long" { self.words.too_long } else { self.words.too_short };
        Self { reason: Some(reason), ..self }
    }
}

/// 200 with the form.
pub(crate) fn form(opened: &Opened) -> Result<Response, Problem> {
    Ok(html(StatusCode::OK, &FORM_POLICY, render(PASSWORD.0, Sheet::of(opened))?))
}

/// 422 with the form again, and the reason.
pub(crate) fn refused(opened: &Opened, invalid: &Invalid) -> Result<Response, Problem> {
    let page = render(PASSWORD.0, Sheet::of(opened).refusing(invalid))?;
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &FORM_POLICY, page))
}

/// 200: the password is set.
pub(crate) fn set(locale: Locale) -> Result<Response, Problem> {
    let done = Done { lang: tag(locale), style: STYLE, words: words(locale) };
    Ok(html(StatusCode::OK, &POLICY, render(PASSWORD_SET.0, done)?))
}

/// 403 for a form that somebody else's page has sent.
pub(crate) fn foreign() -> Result<Response, Problem> {
    Ok(html(StatusCode::FORBIDDEN, &POLICY, render(FOREIGN.0, Blank { style: STYLE })?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(sheet: Sheet<'_>) -> String {
        render(PASSWORD.0, sheet).unwrap()
    }

    fn sheet(locale: Locale) -> Sheet<'static> {
        Sheet::new(locale, "jana@example.org", false)
    }

    #[test]
    fn the_form_asks_for_a_password_and_sends_nothing_else() {
        let page = shown(sheet(Locale::En));
        let field = r#"<input type="password" name="password" autocomplete="new-password" minlength="12" required"#;
        assert!(page.contains(field) && page.contains(r#"<form method="post">"#), "{page}");
        assert_eq!(page.matches(" name=\"").count(), 3, "the password and two of the head: {page}");
        assert!(page.contains(r#"value="jana@example.org""#), "{page}");
        assert!(!page.contains("alert") && !page.contains(words(Locale::En).founds), "{page}");
    }

    #[test]
    fn whoever_becomes_the_first_admin_is_told() {
        let page = shown(Sheet { founds: true, ..sheet(Locale::En) });
        assert!(page.contains(words(Locale::En).founds), "{page}");
    }

    #[test]
    fn a_password_that_is_none_is_refused_with_the_reason() {
        let [short, long] = ["too_short", "too_long"].map(|code| Invalid::new(code, "x"));
        assert!(shown(sheet(Locale::En).refusing(&short)).contains(words(Locale::En).too_short));
        assert!(shown(sheet(Locale::En).refusing(&long)).contains(words(Locale::En).too_long));
    }

    #[test]
    fn the_form_speaks_the_language_of_its_reader() {
        for (locale, title) in [(Locale::Cs, "Nastavení nového hesla"), (Locale::Zh, "设置新密码")] {
            let page = shown(sheet(locale));
            assert!(page.contains(title) && page.contains(tag(locale)), "{page}");
        }
    }

    #[test]
    fn h155_an_address_is_text() {
        let page = shown(Sheet::new(Locale::En, "\"><script>@example.org", false));
        assert!(!page.contains("<script"), "{page}");
    }

    #[test]
    fn a_form_goes_to_the_desk_and_every_other_page_sends_nothing() {
        let policy = |response: Response| {
            response.headers()["content-security-policy"]
                .to_str()
                .unwrap()
                .rsplit_once("form-action ")
                .unwrap()
                .1
                .to_owned()
        };
        assert_eq!(FORM_POLICY.rsplit_once(' ').unwrap().1, "'self'");
        assert_eq!(policy(set(Locale::Cs).unwrap()), "'none'");
        let foreign = foreign().unwrap();
        assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
        assert_eq!(policy(foreign), "'none'");
    }

    #[test]
    fn the_style_sheet_stands_in_these_pages_as_it_was_hashed() {
        let done = Done { lang: "en", style: STYLE, words: words(Locale::En) };
        let pages = [
            shown(sheet(Locale::En)),
            render(PASSWORD_SET.0, done).unwrap(),
            render(FOREIGN.0, Blank { style: STYLE }).unwrap(),
        ];
        for page in pages {
            let (_, rest) = page.split_once("<style>").unwrap();
            assert_eq!(rest.split_once("</style>").unwrap().0, STYLE);
            assert!(!page.contains(" style=") && !page.contains("<script"), "{page}");
        }
    }
}
