//! Whether somebody has tried every route without being allowed to.

use crate::holds;
use crate::tree;

/// Where those tests are.
const FOLDER: &str = "tests/hostile";
const FILES: &str = "tests/hostile/authorization";

/// Whether a text names a route as the template does, such as `GET /v1/tickets`, and not merely a longer one.
fn names(text: &str, route: &str) -> bool {
    let goes_on = |letter: char| letter.is_alphanumeric() || "/{}_-.".contains(letter);
    text.split(route).skip(1).any(|rest| !rest.starts_with(goes_on))
}

#[test]
fn every_route_has_an_authorization_test() {
    let mut tried = String::new();
    for file in tree::rust(&[FOLDER]).unwrap().iter().filter(|file| file.path.starts_with(FILES)) {
        tried.extend(file.code().flat_map(|line| [line, "\n"]));
    }
    let template = tree::template().unwrap();
    let routes = template.routes.iter().map(|route| format!("{} {}", route.method, route.path));
    let untried: Vec<_> = routes.filter(|route| !names(&tried, route)).collect();
    holds("tests/hostile/authorization*.rs must try every route", &untried);
}

#[test]
fn a_longer_path_does_not_stand_for_a_shorter_one() {
    assert!(names(r#"("GET /v1/tickets", 401)"#, "GET /v1/tickets"));
    assert!(!names(r#"("GET /v1/tickets/{number}", 401)"#, "GET /v1/tickets"));
}
