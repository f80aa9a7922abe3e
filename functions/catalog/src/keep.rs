//! A change of the catalog: load, let the domain decide, commit, answer; and again if somebody else was faster.
//!
//! A handler reads like this, and is about as long:
//!
//! ```text
//! while let Some(scene) = keeping.enter::<Group>(&ports.store, Way::Changing).await? {
//!     let edit = keeping.request::<EditGroupRequest>()?.parse()?;
//!     let people = ports.store.reader().people(lead_named(&edit)).await?;
//!     let decision = scene.catalog().edit_group(scene.by.clone(), &scene.id, edit, &people);
//!     keeping.commit(&ports.store, scene, decision).await?;
//! }
//! keeping.answer::<Group, _>(|group, _| GroupResponse::of(group))
//! ```
//!
//! [`Keeping::enter`] answers 401, 400, 404, 403, 428 and 412 in that order, so that every change checks alike. It
//! reads the catalog consistently: whoever just added a thing can change it at once.

use std::fmt::Display;
use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{Access, Actor, Deed, access};
use domain::catalog::keeping::{Decision, Refusal};
use domain::catalog::{Catalog, Category, Group, Service};
use domain::event::Author;
use domain::field::Invalid;
use domain::id::{CategoryId, GroupId, HoursId, PolicyId, ServiceId};
use domain::sla::hours::BusinessHours;
use domain::sla::policy::SlaPolicy;
use domain::world::Ids;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use store::Writer;
use store::commit::CommitError;
use store::receipt::Stub;
use web::call::{About, Call, Caller};
use web::command::{located, readable, same_body, versioned};
use web::problem::Problem;

/// How often a change is decided again because somebody else was faster.
const TRIES: u32 = 6;

/// A kind of thing that the catalog holds.
pub(crate) trait Noun: Sized + 'static {
    /// What it is known by.
    type Id: Clone + Display;

    /// Where things of this kind are added.
    const PATH: &'static str;

    /// An id for a new one.
    fn fresh(ids: &dyn Ids) -> Self::Id;

    /// Reads an id.
    fn parse(text: &str) -> Result<Self::Id, Invalid>;

    /// The one with this id.
    fn find<'a>(catalog: &'a Catalog, id: &Self::Id) -> Option<&'a Self>;

    /// The version of the catalog in which it changed last.
    fn version(&self) -> u64;
}

macro_rules! nouns {
    ($($noun:ident = $id:ident in $find:ident at $path:literal;)*) => {$(
        impl Noun for $noun {
            type Id = $id;

            const PATH: &'static str = $path;

            fn fresh(ids: &dyn Ids) -> $id {
                $id::fresh(ids)
            }

            fn parse(text: &str) -> Result<$id, Invalid> {
                $id::parse(text)
            }

            fn find<'a>(catalog: &'a Catalog, id: &$id) -> Option<&'a Self> {
                catalog.$find(id)
            }

            fn version(&self) -> u64 {
                self.version
            }
        }
    )*};
}

nouns! {
    Service = ServiceId in service at "/v1/services";
    Category = CategoryId in category at "/v1/categories";
    Group = GroupId in group at "/v1/groups";
    BusinessHours = HoursId in hours at "/v1/business_hours";
    SlaPolicy = PolicyId in policy at "/v1/sla_policies";
}

/// What a change does to the thing it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Makes it; its id is new.
    Adding,
    /// Changes or removes it; the client must name the version it knows.
    Changing,
    /// Changes who or what belongs to it, whatever else changed since the client read it.
    Joining,
}

impl Way {
    fn status(self) -> StatusCode {
        match self {
            Self::Adding => StatusCode::CREATED,
            Self::Changing | Self::Joining => StatusCode::OK,
        }
    }
}

/// A change of the catalog, from its request to its answer.
#[derive(Debug)]
pub(crate) struct Keeping {
    call: Call,
    tries: u32,
    kept: Option<Kept>,
}

/// What a change led to.
#[derive(Debug)]
struct Kept {
    caller: Caller,
    id: String,
    way: Way,
    replayed: bool,
}

/// A thing of the catalog in front of somebody who may change it.
pub(crate) struct Scene<T: Noun> {
    /// Which.
    pub(crate) id: T::Id,
    /// Who changes it, and when.
    pub(crate) by: Author,
    caller: Caller,
    stub: Option<Stub>,
    way: Way,
}

impl<T: Noun> Scene<T> {
    /// The catalog as it is now.
    pub(crate) fn catalog(&self) -> &Catalog {
        &self.caller.catalog
    }
}

impl<S: Send + Sync> FromRequest<S> for Keeping {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let call = Call::from_request(request, state).await?;
        Ok(Self { call, tries: 0, kept: None })
    }
}

/// Lets nobody pass who may not do this.
///
/// # Errors
/// 403.
pub(crate) fn permit(actor: &Actor, deed: Deed<'_>) -> Result<(), Problem> {
    if access(actor, deed) == Access::Granted { Ok(()) } else { Err(Problem::forbidden()) }
}

impl Keeping {
    /// Loads the catalog for one more try; `None` once the change is settled: committed now, or by the same request
    /// before.
    ///
    /// # Errors
    /// 401, 400, 413, 415, 404, 403, 428, 412 in this order; 422 when its idempotency key was used for another body;
    /// 409 `contended` after six tries.
    pub(crate) async fn enter<T: Noun>(&mut self, store: &Writer, way: Way) -> Result<Option<Scene<T>>, Problem> {
        if self.kept.is_some() {
            return Ok(None);
        }
        if self.tries == TRIES {
            return Err(Problem::contended());
        }
        self.tries += 1;
        let reader = store.reader();
        let stub = self.call.stub();
        let (caller, arrival) = self.call.arrive(reader, About { stub: readable(&stub), ..About::default() }).await?;
        let stub = stub?;
        let caller = Caller { catalog: reader.catalog().await?, ..caller };
        let (id, version) = self.subject::<T>(way, &caller.catalog, reader.ids())?;
        permit(&caller.actor, Deed::KeepCatalog)?;
        if let Some(receipt) = arrival.receipt {
            same_body(stub.as_ref(), &receipt)?;
            self.kept = Some(Kept { caller, id: receipt.subject, way, replayed: true });
            return Ok(None);
        }
        if way == Way::Changing {
            self.call.if_match().require(version)?;
        }
        let by = caller.actor.author(reader.now());
        Ok(Some(Scene { id, by, caller, stub, way }))
    }

    /// The thing in the path and its version; for one to add, an id that is new.
    fn subject<T: Noun>(&self, way: Way, catalog: &Catalog, ids: &dyn Ids) -> Result<(T::Id, u64), Problem> {
        match way {
            Way::Adding => Ok((T::fresh(ids), 0)),
            Way::Changing | Way::Joining => {
                let id = self.path("id", T::parse)?;
                let version = T::find(catalog, &id).map(T::version).ok_or_else(Problem::not_found)?;
                Ok((id, version))
            }
        }
    }

    /// A part of the path; what cannot be read is not there.
    ///
    /// # Errors
    /// 404.
    pub(crate) fn path<I>(&self, name: &str, parse: impl FnOnce(&str) -> Result<I, Invalid>) -> Result<I, Problem> {
        self.call.path(name, parse)
    }

    /// The body.
    ///
    /// # Errors
    /// 422 with every unknown field, or the first of a wrong type.
    pub(crate) fn request<R: DeserializeOwned>(&self) -> Result<R, Problem> {
        self.call.body.read()
    }

    /// Commits what was decided. When somebody else was faster, the next [`Keeping::enter`] loads the catalog again.
    ///
    /// # Errors
    /// What a refusal means on the wire; 503 when the table is out of reach.
    pub(crate) async fn commit<T: Noun>(
        &mut self,
        store: &Writer,
        scene: Scene<T>,
        decision: Decision,
    ) -> Result<(), Problem> {
        let Scene { id, caller, stub, way, .. } = scene;
        let id = id.to_string();
        let Some(change) = decision.map_err(refused)? else {
            self.kept = Some(Kept { caller, id, way, replayed: false });
            return Ok(());
        };
        let seq = change.events.first().map_or(0, |event| event.seq);
        let receipt = stub.as_ref().map(|stub| stub.receipt(way.status().as_u16(), id.clone(), seq, change.at()));
        match store.commit(&change, stub.as_ref().zip(receipt.as_ref())).await {
            Ok(()) => {
                let caller = Caller { catalog: Arc::new(change.after), ..caller };
                self.kept = Some(Kept { caller, id, way, replayed: false });
                Ok(())
            }
            Err(CommitError::Raced | CommitError::Done) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The thing as it is afterwards: `ETag`, for a new one `201` and its `Location`, and the mark of a replay.
    ///
    /// # Errors
    /// 404 when a replay is about a thing that is gone; 409 if the change is not settled, which would be a mistake of
    /// ours.
    pub(crate) fn answer<T: Noun, B: Serialize>(
        self,
        show: impl FnOnce(&T, &Caller) -> B,
    ) -> Result<Response, Problem> {
        let Kept { caller, id, way, replayed } = self.kept.ok_or_else(Problem::contended)?;
        let parsed = T::parse(&id).ok();
        let thing = parsed.and_then(|id| T::find(&caller.catalog, &id)).ok_or_else(Problem::not_found)?;
        let response = versioned(way.status(), thing.version(), replayed, json!(show(thing, &caller)));
        Ok(match way {
            Way::Adding => located(response, &format!("{}/{id}", T::PATH)),
            Way::Changing | Way::Joining => response,
        })
    }

    /// `204`: there is nothing left to show.
    ///
    /// # Errors
    /// 409 if the change is not settled, which would be a mistake of ours.
    pub(crate) fn gone(self) -> Result<StatusCode, Problem> {
        self.kept.map(|_| StatusCode::NO_CONTENT).ok_or_else(Problem::contended)
    }
}

/// What a refusal means on the wire.
fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Missing => Problem::not_found(),
        Refusal::NameTaken => Problem::conflict("name_taken", "Another one has this name already."),
        Refusal::InUse => Problem::conflict("in_use", "Something else in the catalog still needs it."),
        Refusal::Occupied => {
            Problem::conflict("in_use", "Open tickets stand in its queue: hand them to somebody else first.")
        }
        Refusal::Full { most } => {
            Problem::conflict("full", format!("There are {most} of them, the most there can be."))
        }
        Refusal::Unfit(fields) => fields.into(),
    }
}
