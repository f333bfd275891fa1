//! What all requests share, and what one request holds while it is being answered.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use super::head::Head;
use super::respond::Answer;
use crate::config::{Config, PrimaryStatus};
use crate::faults::{Fault, FaultPlan};
use crate::ledger::{Book, Departure, End, Line};
use crate::limits::{Credentials, WindowView};
use crate::model::World;
use crate::rest::Viewer;

/// The simulator's state. Locks are held for moments only, never while an answer is rendered.
#[derive(Debug)]
pub(crate) struct App {
    config: Config,
    root: String,
    world: RwLock<Arc<World>>,
    gate: Mutex<Credentials>,
    book: Mutex<Book>,
    faults: Mutex<FaultPlan>,
    latency: AtomicU64,
    /// How far the clock of the windows was moved, in milliseconds.
    skew: AtomicU64,
    refusals: AtomicU64,
    requests: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl App {
    pub(crate) fn new(config: Config, world: World, root: String) -> Self {
        let micros = u64::try_from(config.latency.as_micros()).unwrap_or(u64::MAX);
        Self {
            root,
            world: RwLock::new(Arc::new(world)),
            gate: Mutex::new(Credentials::new(&config)),
            book: Mutex::new(Book::new(u64::try_from(config.grace.as_millis()).unwrap_or(0))),
            faults: Mutex::new(FaultPlan::new(config.faults.clone(), config.seed)),
            latency: AtomicU64::new(micros),
            skew: AtomicU64::new(0),
            refusals: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            config,
        }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// `http://127.0.0.1:1234`.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    /// The data as it is now; later changes don't touch it.
    pub(crate) fn world(&self) -> Arc<World> {
        Arc::clone(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the data.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut world))
    }

    pub(crate) fn gate(&self) -> MutexGuard<'_, Credentials> {
        lock(&self.gate)
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        lock(&self.book)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, FaultPlan> {
        lock(&self.faults)
    }

    pub(super) fn next_fault(&self, head: &Head) -> Option<Fault> {
        self.faults().next(head.path_and_query(), head.token())
    }

    pub(super) fn latency(&self) -> Duration {
        Duration::from_micros(self.latency.load(Ordering::Relaxed))
    }

    pub(crate) fn set_latency(&self, latency: Duration) {
        self.latency.store(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The clock of windows and cool-downs, in milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self) -> u64 {
        let real = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(real.as_millis()).unwrap_or(0) + self.skew.load(Ordering::Relaxed)
    }

    /// Moves that clock forward.
    pub(crate) fn move_windows(&self, by: Duration) {
        self.skew.fetch_add(u64::try_from(by.as_millis()).unwrap_or(0), Ordering::Relaxed);
    }

    /// Forgets what an owner's tokens were told of its limits, because they were changed behind their backs.
    pub(crate) fn forget_told(&self, owner: usize) {
        let login = self.gate().owners.get(owner).map(|o| o.login.clone());
        if let Some(login) = login {
            self.book().untell(&login);
        }
    }

    pub(super) fn primary_status(&self) -> u16 {
        match self.config.primary_status {
            PrimaryStatus::Forbidden => 403,
            PrimaryStatus::TooManyRequests => 429,
            PrimaryStatus::Alternating if self.refusals.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) => {
                403
            }
            PrimaryStatus::Alternating => 429,
        }
    }

    /// A new `x-github-request-id`.
    pub(super) fn request_id(&self) -> String {
        let n = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("{:04X}:{:06X}:{n:08X}", self.config.seed & 0xffff, n.wrapping_mul(2_654_435_761) & 0xff_ffff)
    }
}

/// One request under way. Dropped before it left: the client has gone.
pub(super) struct Visit {
    app: Arc<App>,
    owner: usize,
    resource: &'static str,
    line: Line,
    began: Instant,
    points: u32,
    left: bool,
    /// Whether it came with a credential.
    pub signed_in: bool,
    /// The cool-down's end in milliseconds, if it is refused by one.
    pub cooling_until: Option<u64>,
    /// Whether the connection breaks instead of an answer.
    pub broken: bool,
}

impl Visit {
    pub(super) fn new(
        app: &Arc<App>,
        owner: usize,
        resource: &'static str,
        line: Line,
        signed_in: bool,
        points: u32,
    ) -> Self {
        Self {
            app: Arc::clone(app),
            owner,
            resource,
            line,
            began: Instant::now(),
            points,
            left: false,
            signed_in,
            cooling_until: None,
            broken: false,
        }
    }

    /// The owner's window in this resource, now.
    pub(super) fn view(&self, app: &App) -> (&'static str, WindowView) {
        let now = app.now_ms() / 1_000;
        let nothing = WindowView { limit: 0, remaining: 0, used: 0, reset: now };
        let gate = app.gate();
        (self.resource, gate.owners.get(self.owner).map_or(nothing, |o| o.view(self.resource, now)))
    }

    /// Whose request it is, with all its windows.
    pub(super) fn viewer(&self, app: &App) -> (Viewer, BTreeMap<&'static str, WindowView>) {
        let gate = app.gate();
        let anonymous = gate.anonymous();
        let owner = &gate.owners[self.owner.min(anonymous)];
        (Viewer::of(owner), owner.views(app.now_ms() / 1_000))
    }

    /// Takes more points of the primary limit.
    pub(super) fn charge(&mut self, app: &App, points: u32) {
        self.points += points;
        let now = app.now_ms() / 1_000;
        if let Some(window) = app.gate().owners.get_mut(self.owner).and_then(|o| o.window(self.resource)) {
            window.charge(now, points);
        }
    }

    /// Gives its points back.
    pub(super) fn refund(&mut self, app: &App) {
        let points = std::mem::take(&mut self.points);
        if let Some(window) = app.gate().owners.get_mut(self.owner).and_then(|o| o.window(self.resource)) {
            window.refund(points);
        }
    }

    /// It has been answered.
    pub(super) fn leave(&mut self, answer: &Answer) {
        let spent = answer.window.filter(|(_, w)| w.remaining == 0 && answer.tells_window());
        self.close(if self.broken { 0 } else { answer.status }, answer.end, spent.map(|(_, w)| w.reset));
    }

    fn close(&mut self, status: u16, end: End, spent_until: Option<u64>) {
        if std::mem::replace(&mut self.left, true) {
            return;
        }
        let now = self.app.now_ms();
        self.app.gate().leave(self.owner, self.resource, self.began.elapsed(), now);
        let departure = Departure {
            now,
            status,
            end,
            points: self.points,
            spent_until: spent_until.filter(|_| !self.broken),
            cooling_until: self.cooling_until.filter(|_| end == End::Secondary),
        };
        self.app.book().depart(&self.line, departure);
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.close(0, End::GivenUp, None);
    }
}
