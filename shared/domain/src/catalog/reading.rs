//! Reading what an administrator says of the catalog: each field parsed once, whatever is wrong noted by its place.

use super::SelectableBy;
use super::keeping::MOST_GROUPS;
use super::promises::MOST_WARNINGS;
use crate::field::{Fields, Invalid};
use crate::file::MOST_BYTES;
use crate::id::GroupId;
use crate::status::StatusCategory;

/// The most days from resolved to closed by itself.
pub const MOST_AUTO_CLOSE_DAYS: u16 = 365;

impl SelectableBy {
    /// Builds it from the fields of a request; `None` with the reasons noted in `fields`.
    pub fn parse(fields: &mut Fields, kind: Option<&str>, groups: Option<&[String]>) -> Option<Self> {
        let kind = fields.required("selectable_by.kind", kind, SelectableKind::parse)?;
        let place = "selectable_by.groups";
        let given = groups.unwrap_or_default();
        match (kind, given.is_empty()) {
            (SelectableKind::Groups, true) => {
                fields.refuse(place, Invalid::new("required", "is required: somebody must be able to choose it"));
                None
            }
            (SelectableKind::Groups, false) => {
                Some(Self::Groups { groups: distinct(fields, place, given, MOST_GROUPS, GroupId::parse) })
            }
            (SelectableKind::Everyone | SelectableKind::Agents, false) => {
                fields.refuse(place, Invalid::new("not_for_groups", "belongs to the kind groups"));
                None
            }
            (SelectableKind::Everyone, true) => Some(Self::Everyone),
            (SelectableKind::Agents, true) => Some(Self::Agents),
        }
    }
}

/// The kind of a [`SelectableBy`], before its groups are read.
enum SelectableKind {
    Everyone,
    Agents,
    Groups,
}

impl SelectableKind {
    fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "everyone" => Ok(Self::Everyone),
            "agents" => Ok(Self::Agents),
            "groups" => Ok(Self::Groups),
            _ => Err(Invalid::new("unknown", "must be everyone, agents or groups")),
        }
    }
}

/// Reads the support line of a group.
///
/// # Errors
/// `out_of_range` unless it is 1, 2 or 3.
pub fn parse_line(line: i64) -> Result<u8, Invalid> {
    let line = u8::try_from(line).ok().filter(|line| (1..=3).contains(line));
    line.ok_or_else(|| Invalid::new("out_of_range", "must be 1, 2 or 3"))
}

/// Reads the days from resolved to closed by itself; 0 is never.
///
/// # Errors
/// `out_of_range` above [`MOST_AUTO_CLOSE_DAYS`] and below 0.
pub fn parse_auto_close_days(days: i64) -> Result<u16, Invalid> {
    let days = u16::try_from(days).ok().filter(|days| *days <= MOST_AUTO_CLOSE_DAYS);
    days.ok_or_else(|| Invalid::new("out_of_range", format!("must be from 0 to {MOST_AUTO_CLOSE_DAYS}")))
}

/// Reads how large a file may be, in bytes.
///
/// # Errors
/// `out_of_range`.
pub fn parse_file_size_limit(bytes: i64) -> Result<u64, Invalid> {
    let bytes = u64::try_from(bytes).ok().filter(|bytes| (1..=MOST_BYTES).contains(bytes));
    bytes.ok_or_else(|| Invalid::new("out_of_range", format!("must be from 1 to {MOST_BYTES}")))
}

/// Reads what may be taken away by the word `none`.
///
/// # Errors
/// What `parse` refuses.
pub fn or_none<T>(text: &str, parse: impl FnOnce(&str) -> Result<T, Invalid>) -> Result<Option<T>, Invalid> {
    if text == "none" { Ok(None) } else { parse(text).map(Some) }
}

/// Reads after how many percent of a target one is warned, least first; what is wrong is noted in `fields`.
pub fn parse_warnings(fields: &mut Fields, given: &[i64]) -> Vec<u8> {
    let mut found = Vec::new();
    if given.len() > MOST_WARNINGS {
        fields.refuse("warn_at", Invalid::new("too_many", format!("must hold at most {MOST_WARNINGS}")));
        return found;
    }
    for (n, percent) in given.iter().enumerate() {
        let place = format!("warn_at.{n}");
        match u8::try_from(*percent).ok().filter(|percent| (1..=99).contains(percent)) {
            Some(percent) if found.contains(&percent) => {
                fields.refuse(place, Invalid::new("repeated", "stands in the list already"));
            }
            Some(percent) => found.push(percent),
            None => fields.refuse(place, Invalid::new("out_of_range", "must be from 1 to 99")),
        }
    }
    found.sort_unstable();
    found
}

/// Reads a category of statuses in which a clock may stand still.
///
/// # Errors
/// `out_of_range` where there is nothing left to pause; `unknown`.
pub fn parse_pause(text: &str) -> Result<StatusCategory, Invalid> {
    match text {
        "new" => Ok(StatusCategory::New),
        "open" => Ok(StatusCategory::Open),
        "pending" => Ok(StatusCategory::Pending),
        "on_hold" => Ok(StatusCategory::OnHold),
        "resolved" | "closed" => Err(Invalid::new("out_of_range", "is where clocks end")),
        _ => Err(Invalid::new("unknown", "must be new, open, pending or on_hold")),
    }
}

/// Reads a list in which nothing may stand twice; what is wrong is noted in `fields` by its place.
pub fn distinct<T: PartialEq>(
    fields: &mut Fields,
    field: &str,
    given: &[String],
    most: usize,
    parse: impl Fn(&str) -> Result<T, Invalid>,
) -> Vec<T> {
    let mut found = Vec::new();
    if given.len() > most {
        fields.refuse(field, Invalid::new("too_many", format!("must hold at most {most}")));
        return found;
    }
    for (n, text) in given.iter().enumerate() {
        let place = format!("{field}.{n}");
        match fields.check(&place, parse(text)) {
            Some(value) if found.contains(&value) => {
                fields.refuse(place, Invalid::new("repeated", "stands in the list already"));
            }
            Some(value) => found.push(value),
            None => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;
    use crate::id::PersonId;

    fn listed(fields: Fields) -> Vec<String> {
        fields.into_vec().iter().map(|error| format!("{}: {}", error.field, error.code)).collect()
    }

    #[test]
    fn a_support_line_is_one_of_three() {
        assert_eq!([1, 2, 3].map(parse_line), [Ok(1), Ok(2), Ok(3)]);
        assert!([0, 4, -1, 257].map(parse_line).iter().all(Result::is_err));
        assert!(parse_auto_close_days(0).is_ok() && parse_auto_close_days(366).is_err());
    }

    #[test]
    fn who_may_choose_a_category_is_read_as_a_whole() {
        let read = |kind: Option<&str>, groups: Option<&[String]>| {
            let mut fields = Fields::new();
            SelectableBy::parse(&mut fields, kind, groups).ok_or_else(|| listed(fields))
        };
        let groups = ["grp_desk".to_owned(), "grp_network".to_owned()];
        let some = SelectableBy::Groups { groups: vec![given::group_id("grp_desk"), given::group_id("grp_network")] };
        assert_eq!(read(Some("groups"), Some(&groups)), Ok(some));
        assert_eq!(read(Some("everyone"), None), Ok(SelectableBy::Everyone));
        assert_eq!(read(Some("agents"), Some(&[])), Ok(SelectableBy::Agents));
        let wrong = |text: &str| Err(vec![text.to_owned()]);
        assert_eq!(read(Some("agents"), Some(&groups)), wrong("selectable_by.groups: not_for_groups"));
        assert_eq!(read(Some("groups"), None), wrong("selectable_by.groups: required"));
        assert_eq!(read(Some("nobody"), None), wrong("selectable_by.kind: unknown"));
        assert_eq!(read(None, Some(&groups)), wrong("selectable_by.kind: required"));
    }

    #[test]
    fn warnings_are_percentages_in_order() {
        let mut fields = Fields::new();
        assert_eq!(parse_warnings(&mut fields, &[90, 50, 75]), [50, 75, 90]);
        assert!(fields.is_empty() && parse_warnings(&mut fields, &[]).is_empty());
        assert_eq!(parse_warnings(&mut fields, &[75, 0, 75, 100, -1]), [75]);
        assert!(parse_warnings(&mut fields, &[1, 2, 3, 4, 5, 6]).is_empty());
        let expected = [
            "warn_at.1: out_of_range",
            "warn_at.2: repeated",
            "warn_at.3: out_of_range",
            "warn_at.4: out_of_range",
            "warn_at: too_many",
        ];
        assert_eq!(listed(fields), expected);
    }

    #[test]
    fn a_clock_pauses_where_there_is_something_left_to_count() {
        let code = |text: &str| parse_pause(text).map_err(|invalid| invalid.code);
        assert_eq!(code("on_hold"), Ok(StatusCategory::OnHold));
        assert_eq!(
            [code("resolved"), code("closed"), code("Open")],
            [Err("out_of_range"), Err("out_of_range"), Err("unknown")]
        );
    }

    #[test]
    fn what_may_be_taken_away_is_taken_away_by_a_word() {
        assert_eq!(or_none("none", GroupId::parse), Ok(None));
        assert_eq!(or_none("grp_desk", GroupId::parse), Ok(Some(given::group_id("grp_desk"))));
        assert!(or_none("None", GroupId::parse).is_err());
    }

    #[test]
    fn a_list_names_nobody_twice() {
        let mut fields = Fields::new();
        let texts = ["usr_a", "grp_b", "usr_a", "usr_c"].map(str::to_owned);
        let found = distinct(&mut fields, "owners", &texts, 4, PersonId::parse);
        assert_eq!(found, [given::person_id("usr_a"), given::person_id("usr_c")]);
        assert!(distinct(&mut fields, "choices", &texts, 3, PersonId::parse).is_empty());
        assert_eq!(listed(fields), ["owners.1: not_an_id", "owners.2: repeated", "choices: too_many"]);
    }
}
