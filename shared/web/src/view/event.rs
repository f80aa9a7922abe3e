//! Events as clients see them: who, when, what changed, and why.

use domain::change::FieldChange;
use domain::event::{Event, Fact, VERSION, Who};
use domain::id::PersonId;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::person::PersonName;

/// One event of a ticket's history.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventView {
    /// Its place, from 1.
    pub seq: u32,
    /// What happened, like `TicketClaimed`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The version of that type.
    pub v: u32,
    /// Who did it.
    pub actor: ActorView,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The fields it changed; texts are named only.
    #[schema(value_type = Vec<Object>)]
    pub changes: Vec<FieldChange>,
    /// The particulars of this type of event, such as why dispatch chose as it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub why: Option<Value>,
}

/// Who did something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActorView {
    /// `person`, `guest` or `system`.
    pub kind: &'static str,
    /// Who, if it was a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Fields that the desk keeps to itself.
const DESK_ONLY: [&str; 4] = ["tracker", "tags", "sla_policy", "business_hours"];

impl EventView {
    /// An event for one audience; unless `at_desk`, `None` for notes and promises, which requesters must not even count.
    pub fn new(event: &Event, at_desk: bool, name: impl Fn(&PersonId) -> Option<PersonName>) -> Option<Self> {
        if is_of_the_desk(&event.fact) && !at_desk {
            return None;
        }
        let actor = match &event.by.who {
            Who::Person { id } => {
                ActorView { kind: "person", id: Some(id.to_string()), name: name(id).map(|person| person.name) }
            }
            Who::Guest => ActorView { kind: "guest", id: None, name: None },
            Who::System => ActorView { kind: "system", id: None, name: None },
        };
        let shown = |change: &&FieldChange| at_desk || !DESK_ONLY.contains(&change.field.as_str());
        Some(Self {
            seq: event.seq,
            kind: event.fact.name(),
            v: VERSION,
            actor,
            at: event.by.at,
            changes: event.changes.iter().filter(shown).cloned().collect(),
            why: particulars(&event.fact, at_desk),
        })
    }
}

/// Notes, and how the desk keeps its promises.
fn is_of_the_desk(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::CommentAdded { public: false, .. }
            | Fact::CommentEdited { public: false, .. }
            | Fact::TargetWarned { .. }
            | Fact::TargetBreached { .. }
            | Fact::PolicyApplied {}
    )
}

/// What a fact says beyond its name. Reasons are the desk's own; of dispatch everyone sees which step chose.
fn particulars(fact: &Fact, at_desk: bool) -> Option<Value> {
    if let Fact::TicketDispatched { why } = fact {
        let whole = serde_json::to_value(why).ok();
        return if at_desk { whole } else { whole.map(|whole| serde_json::json!({ "step": whole.get("step") })) };
    }
    let mut value = serde_json::to_value(fact).ok().filter(|_| at_desk)?;
    let map = value.as_object_mut()?;
    map.remove("type");
    (!map.is_empty()).then_some(value)
}
