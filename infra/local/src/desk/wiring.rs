//! The wiring: which pump carries what to which function.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use domain::world::Clock;
use runtime::Doors;
use runtime::clients::Aws;

use super::DeskError;
use crate::bucket::Bucket;
use crate::delay::Delays;
use crate::positions::Positions;
use crate::pump::{BucketPump, Pumps, QueuePump, StreamPump};
use crate::schedule::{Callee, SchedulePump};
use crate::table::Table;
use crate::template::{Target, Template};

/// What pumps are made of.
pub(super) struct Wiring<'a> {
    pub(super) template: &'a Template,
    pub(super) functions: &'a BTreeMap<String, Doors>,
    pub(super) urls: &'a BTreeMap<String, String>,
    pub(super) table: &'a Table,
    pub(super) bucket: &'a Bucket,
    pub(super) delays: &'a Delays,
    pub(super) aws: &'a Aws,
    pub(super) clock: &'a Arc<dyn Clock>,
}

impl Wiring<'_> {
    /// Every pump that the template asks for.
    pub(super) fn pumps(&self, positions: Positions, failures: Option<&Path>) -> Result<Pumps, DeskError> {
        let streams = self.streams(&positions, failures)?;
        Ok(Pumps {
            streams,
            queues: self.queues()?,
            buckets: self.buckets()?,
            schedules: self.schedules(failures.is_some())?,
            delays: self.delays.clone(),
            positions,
        })
    }

    fn streams(&self, positions: &Positions, failures: Option<&Path>) -> Result<Vec<StreamPump>, DeskError> {
        let pumps = self.template.streams.iter().map(|mapping| {
            Ok(StreamPump {
                doors: self.doors(&mapping.function)?,
                table: self.table.clone(),
                clock: Arc::clone(self.clock),
                failures: failures.map(Path::to_owned),
                position: positions.of(&mapping.logical_id),
                tries: 0,
                set_aside: 0,
                mapping: mapping.clone(),
            })
        });
        pumps.collect()
    }

    fn queues(&self) -> Result<Vec<QueuePump>, DeskError> {
        let pumps = self.template.queue_mappings.iter().map(|mapping| {
            let queue = self.template.queues.iter().find(|queue| queue.logical_id == mapping.queue);
            Ok(QueuePump {
                doors: self.doors(&mapping.function)?,
                client: self.aws.queues(),
                url: self.url(&mapping.queue),
                clock: Arc::clone(self.clock),
                hidden: BTreeMap::new(),
                handled: Vec::new(),
                tries: queue.and_then(|queue| queue.dead_letter.as_ref()).map_or(u32::MAX, |(_, tries)| *tries),
                dead: 0,
                mapping: mapping.clone(),
            })
        });
        pumps.collect()
    }

    fn buckets(&self) -> Result<Vec<BucketPump>, DeskError> {
        let pumps = self.bucket.notices().into_iter().map(|notices| {
            Ok(BucketPump {
                doors: self.doors(notices.function())?,
                clock: Arc::clone(self.clock),
                tries: 0,
                set_aside: 0,
                notices,
            })
        });
        pumps.collect()
    }

    fn schedules(&self, overdue: bool) -> Result<Vec<SchedulePump>, DeskError> {
        let pumps = self.template.schedules.iter().map(|schedule| {
            let callee = match &schedule.target {
                Target::Function(function) => Callee::Function(self.doors(function)?),
                Target::Queue(queue) => Callee::Queue(self.aws.queues(), self.url(queue)),
            };
            Ok(SchedulePump::new(schedule.clone(), callee, Arc::clone(self.clock), overdue))
        });
        pumps.collect()
    }

    fn url(&self, queue: &str) -> String {
        self.urls.get(queue).cloned().unwrap_or_default()
    }

    fn doors(&self, function: &str) -> Result<Doors, DeskError> {
        let missing = || DeskError::Template(format!("there is no function {function}"));
        self.functions.get(function).cloned().ok_or_else(missing)
    }
}
