//! The desk: every function in one process, wired as the template says.

mod doors;
mod wiring;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_sqs::types::QueueAttributeName;
use axum::Router;
use domain::world::{Clock, Ids};
use jiff::Timestamp;
use runtime::Doors;
use runtime::clients::Aws;
use store::Writer;
use tokio::sync::Mutex;

use crate::bucket::Bucket;
use crate::delay::Delays;
use crate::endpoint::Endpoint;
use crate::folder::{Folder, FolderError};
use crate::outbox::Outbox;
use crate::positions::Positions;
use crate::pump::{PumpError, Pumps, queue_error};
use crate::seed::{self, Demo};
use crate::services::Hosted;
use crate::table::Table;
use crate::template::{Template, TemplateError};
use crate::weather::Weather;
use crate::{gateway, pages, services};
use wiring::Wiring;

/// The template that a desk is wired by.
const TEMPLATE: &str = include_str!("../../template.yaml");

/// How long a message that failed stays hidden: functions on one machine answer in milliseconds.
const HIDDEN_SECONDS: &str = "10";

/// How long the pumps rest at most when there is nothing to do: hidden messages come back without a word.
const REST: Duration = Duration::from_millis(500);

/// After how many quiet rests what has expired is removed.
const QUIET_TURNS: u32 = 600;

/// What a desk is to be like.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where its data is kept; nowhere if absent.
    pub data: Option<PathBuf>,
    /// The address under which it is reached, without a slash at the end.
    pub public_url: String,
    /// The address under which its bucket is reached, without a slash at the end.
    pub files_url: String,
    /// Whether it is given demo people and a demo catalog on first start; without, it begins as in the cloud.
    pub demo: bool,
    /// The address whose owner becomes the first admin; empty for nobody.
    pub admin_address: String,
    /// The origins of the frontends that may call it; as the template says if empty.
    pub origins: Vec<String>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn Ids>,
    /// How many writes its indexes lag behind.
    pub index_lag: usize,
    /// Parameters of the template, by their names, where its defaults will not do.
    pub parameters: BTreeMap<String, String>,
}

/// Why a desk cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Its data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The template says something that is not understood.
    #[error(transparent)]
    Syntax(#[from] TemplateError),
    /// The template asks for something that is not there.
    #[error("infra/template.yaml: {0}")]
    Template(String),
    /// The table cannot be opened.
    #[error("the table cannot be opened: {0}")]
    Table(String),
    /// The disk refuses.
    #[error("the disk refuses: {0}")]
    Disk(#[from] std::io::Error),
    /// The demo people cannot be made.
    #[error("the demo cannot be made: {0}")]
    Demo(String),
}

/// What is left on its way, or failed for good, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remains {
    /// Whether something is still on its way, as a number.
    pub waiting: usize,
    /// Messages in the dead-letter queue.
    pub dead: usize,
    /// Records of the stream that were set aside.
    pub set_aside: usize,
    /// Notices of new objects that were given up.
    pub untold: usize,
    /// Calls of schedules that failed; the next one does the work of each.
    pub uncalled: usize,
}

/// A desk.
#[derive(Debug)]
pub struct Desk {
    /// Its table.
    pub table: Table,
    /// What it has sent.
    pub outbox: Outbox,
    /// Its files.
    pub bucket: Bucket,
    /// Its demo people, if it was given any.
    pub demo: Demo,
    /// What befalls requests of its functions.
    pub weather: Weather,
    clock: Arc<dyn Clock>,
    router: Router,
    aws: Aws,
    /// The addresses of the queues, by their logical ids.
    urls: BTreeMap<String, String>,
    pumps: Mutex<Pumps>,
    _folder: Option<Folder>,
}

impl Desk {
    /// Opens a desk; on first start it is given demo people and a demo catalog, if it is to have them.
    ///
    /// # Errors
    /// [`DeskError`], with a sentence for whoever started it.
    pub async fn open(plan: &Plan) -> Result<Self, DeskError> {
        let template = Template::parse(TEMPLATE, &parameters(plan))?;
        let folder = plan.data.as_deref().map(Folder::open).transpose()?;
        let file = |name| folder.as_ref().map(|folder: &Folder| folder.join(name));
        let table = Table::open(file("table.db").as_deref(), &template.table)
            .map_err(|error| DeskError::Table(error.to_string()))?;
        if plan.index_lag > 0 {
            let lagging = table.let_indexes_lag(plan.index_lag, &template.table);
            lagging.map_err(|error| DeskError::Table(error.to_string()))?;
        }
        let outbox = Outbox::open(file("outbox.jsonl").as_deref(), Arc::clone(&plan.clock))?;
        let (clock, stored) = (Arc::clone(&plan.clock), Arc::clone(&table.written));
        let bucket = Bucket::open(file("bucket"), &template.buckets, clock, stored)?;
        bucket.expire(SystemTime::from(plan.clock.now()))?;
        let delays = Delays::new(Arc::clone(&plan.clock));
        let weather = Weather::default();
        let (files_url, above) = (&plan.files_url, &weather);
        let hosted =
            Hosted { table: &table, outbox: &outbox, delays: &delays, bucket: &bucket, files_url, weather: above };
        let aws = services::aws(&hosted, Arc::clone(&plan.clock), Arc::clone(&plan.ids));
        let demo = if plan.demo { seed::demo(&aws.writer()).await.map_err(DeskError::Demo)? } else { Demo::none() };
        let urls = queues(&template, &aws.queues()).await?;
        let functions = doors::functions(&template, &aws, &urls)?;
        let router = pages::with_pages(gateway::routes(&template, &functions, Arc::clone(&plan.ids))?, &outbox, &demo);
        let wiring = Wiring {
            template: &template,
            functions: &functions,
            urls: &urls,
            table: &table,
            bucket: &bucket,
            delays: &delays,
            aws: &aws,
            clock: &plan.clock,
        };
        let positions = Positions::open(file("positions.json"))?;
        let pumps = Mutex::new(wiring.pumps(positions, file("failures").as_deref())?);
        let clock = Arc::clone(&plan.clock);
        Ok(Self { table, outbox, bucket, demo, weather, clock, router, aws, urls, pumps, _folder: folder })
    }

    /// The HTTP door.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// The door to the files, for browsers that were given an address there.
    pub fn files_router(&self) -> Router {
        self.bucket.router()
    }

    /// AWS as it is on a wire: the services of this desk, for functions that run as processes of their own.
    pub async fn endpoint(&self) -> Router {
        let queues = self.pumps.lock().await.delays.clone();
        let (table, mail) = (self.table.clone(), self.outbox.clone());
        Endpoint { table, queues, mail, files: self.files_router() }.router()
    }

    /// The address of a queue of the template.
    #[must_use]
    pub fn address_of(&self, queue: &str) -> Option<&str> {
        self.urls.get(queue).map(String::as_str)
    }

    /// Puts a message into a queue of the template, as whoever sends there would.
    ///
    /// # Errors
    /// [`PumpError`].
    pub async fn say(&self, queue: &str, body: &str) -> Result<(), PumpError> {
        let url = self.urls.get(queue).cloned().unwrap_or_default();
        let request = self.aws.queues().send_message().queue_url(url).message_body(body);
        request.send().await.map(|_| ()).map_err(queue_error)
    }

    /// What functions write with.
    #[must_use]
    pub fn store(&self) -> Writer {
        self.aws.writer()
    }

    /// Carries events and messages until there are none; answers whether there were any. A delayed message whose time
    /// has not come is not waited for.
    ///
    /// # Errors
    /// [`PumpError`].
    pub async fn settle(&self) -> Result<bool, PumpError> {
        let mut pumps = self.pumps.lock().await;
        let mut busy = false;
        loop {
            if pumps.turn().await? {
                busy = true;
            } else if pumps.is_waiting() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            } else {
                return Ok(busy);
            }
        }
    }

    /// Carries events and messages as they come, for ever.
    ///
    /// # Errors
    /// [`PumpError`].
    pub async fn run(&self) -> Result<(), PumpError> {
        let mut quiet = 0_u32;
        loop {
            let written = self.table.written.notified();
            let mut pumps = self.pumps.lock().await;
            let busy = pumps.turn().await?;
            let (pause, rest) = (pumps.pause(), self.rest(pumps.next()));
            drop(pumps);
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            } else if !busy {
                // A write wakes the pumps at once.
                drop(tokio::time::timeout(rest, written).await);
                quiet += 1;
            }
            if quiet == QUIET_TURNS {
                quiet = 0;
                self.sweep().await;
            }
        }
    }

    /// How long the pumps may rest when something is due next at a time.
    fn rest(&self, next: Option<Timestamp>) -> Duration {
        let left = next.map(|next| next.duration_since(self.clock.now()));
        left.map_or(REST, |left| Duration::try_from(left).unwrap_or_default().min(REST))
    }

    /// DynamoDB and S3 remove what has expired by themselves; here somebody has to, now and then.
    async fn sweep(&self) {
        let (table, bucket) = (self.table.clone(), self.bucket.clone());
        let now = SystemTime::from(self.clock.now());
        drop(tokio::task::spawn_blocking(move || (table.sweep(), bucket.expire(now))).await);
    }

    /// How many messages are on their way or failed for good: none, once a desk has settled well.
    ///
    /// # Errors
    /// [`PumpError`].
    pub async fn leftovers(&self) -> Result<usize, PumpError> {
        let Remains { waiting, dead, set_aside, untold, uncalled } = self.remains().await?;
        Ok(waiting + dead + set_aside + untold + uncalled)
    }

    /// The same, each kind for itself.
    ///
    /// # Errors
    /// [`PumpError`].
    pub async fn remains(&self) -> Result<Remains, PumpError> {
        let mut pumps = self.pumps.lock().await;
        Ok(Remains {
            waiting: usize::from(pumps.turn().await?) + usize::from(pumps.is_waiting()),
            dead: pumps.queues.iter().map(|pump| pump.dead).sum(),
            set_aside: pumps.streams.iter().map(|pump| pump.set_aside).sum(),
            untold: pumps.buckets.iter().map(|pump| pump.set_aside).sum(),
            uncalled: pumps.schedules.iter().map(|pump| pump.failed).sum(),
        })
    }

    /// Hides messages that fail for so many seconds from now on, instead of ten: none, for whoever does not wait.
    ///
    /// # Errors
    /// [`PumpError`].
    pub async fn hide_failed(&self, seconds: u32) -> Result<(), PumpError> {
        for url in self.urls.values() {
            let request = self.aws.queues().set_queue_attributes().queue_url(url);
            let request = request.attributes(QueueAttributeName::VisibilityTimeout, seconds.to_string());
            request.send().await.map_err(queue_error)?;
        }
        Ok(())
    }

    /// The doors of the functions that read the stream: where a replay comes in.
    pub async fn stream_doors(&self) -> Vec<Doors> {
        self.pumps.lock().await.streams.iter().map(|pump| pump.doors.clone()).collect()
    }

    /// Lets the readers of the stream miss everything that it holds, as after a day on which they were off.
    ///
    /// # Errors
    /// [`PumpError`].
    pub async fn miss(&self) -> Result<(), PumpError> {
        for pump in &mut self.pumps.lock().await.streams {
            pump.skip().await?;
        }
        Ok(())
    }

    /// Hands every event of the stream to its readers again, as a replay of the whole table does.
    pub async fn replay(&self) {
        for pump in &mut self.pumps.lock().await.streams {
            pump.position = 0;
        }
    }
}

fn parameters(plan: &Plan) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::from([
        ("PublicUrl".to_owned(), plan.public_url.clone()),
        ("SenderAddress".to_owned(), "desk@lambdesk.example".to_owned()),
        ("AdminAddress".to_owned(), plan.admin_address.clone()),
    ]);
    if !plan.origins.is_empty() {
        parameters.insert("AllowedOrigins".to_owned(), plan.origins.join(","));
    }
    parameters.extend(plan.parameters.clone());
    parameters
}

/// Makes the queues, dead-letter queues first; answers their addresses by logical id.
async fn queues(template: &Template, client: &aws_sdk_sqs::Client) -> Result<BTreeMap<String, String>, DeskError> {
    let mut urls = BTreeMap::new();
    let mut queues: Vec<_> = template.queues.iter().collect();
    queues.sort_by_key(|queue| queue.dead_letter.is_some());
    for queue in queues {
        let mut request = client
            .create_queue()
            .queue_name(&queue.logical_id)
            .attributes(QueueAttributeName::VisibilityTimeout, HIDDEN_SECONDS);
        if let Some((dead_letter, tries)) = &queue.dead_letter {
            let arn = format!("arn:aws:sqs:us-east-1:123456789012:{dead_letter}");
            let policy = serde_json::json!({ "deadLetterTargetArn": arn, "maxReceiveCount": tries });
            request = request.attributes(QueueAttributeName::RedrivePolicy, policy.to_string());
        }
        let made = request.send().await.map_err(|error| DeskError::Template(format!("{error:?}")))?;
        urls.insert(queue.logical_id.clone(), made.queue_url.unwrap_or_default());
    }
    Ok(urls)
}
