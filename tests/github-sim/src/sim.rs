//! The handle: starts a simulator, tells of it, and does to it what tests need.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::config::Config;
use crate::faults::{Fault, Faults, Script};
use crate::generate;
use crate::ledger::{Entry, Ledger};
use crate::limits::{Access, SecondaryForm};
use crate::model::World;
use crate::server::{self, App};
use crate::truth;

/// A running simulator, on a thread and a runtime of its own. Dropped, it stops and its port is free.
#[derive(Debug)]
pub struct Sim {
    app: Arc<App>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Sim {
    /// Starts it.
    ///
    /// # Panics
    /// If it can't listen: there is nothing a test could do.
    #[expect(clippy::panic, reason = "a test that can't start its simulator has nothing left to do")]
    pub async fn start(config: Config) -> Self {
        // Generating takes a while; other tasks may go on.
        match tokio::task::spawn_blocking(move || Self::listen(config)).await {
            Ok(Ok(sim)) => sim,
            Ok(Err(error)) => panic!("the simulator does not start: {error:#}"),
            Err(error) => panic!("the simulator does not start: {error}"),
        }
    }

    /// Starts it, for who runs no async runtime.
    ///
    /// # Errors
    /// The port is taken, or there is no thread to be had.
    pub fn listen(config: Config) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, config.port))
            .with_context(|| format!("cannot listen on port {}", config.port))?;
        listener.set_nonblocking(true)?;
        let root = format!("http://{}", listener.local_addr()?);
        let world = generate::world(&config);
        let app = Arc::new(App::new(config, world, root));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let served = Arc::clone(&app);
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let thread = std::thread::Builder::new().name("github-sim".to_owned()).spawn(move || {
            let until = async {
                let _ = stopped.await;
            };
            runtime.block_on(server::serve(served, listener, until));
            runtime.shutdown_background();
        })?;
        Ok(Self { app, stop: Some(stop), thread: Some(thread) })
    }

    /// The root of its API: `http://127.0.0.1:PORT`. (`/api/v3` and `/api/graphql` below it answer as GitHub Enterprise
    /// Server does.)
    pub fn url(&self) -> String {
        self.app.root().to_owned()
    }

    /// All tokens, in the order of their owners.
    pub fn tokens(&self) -> Vec<String> {
        self.app.gate().order.clone()
    }

    /// The login of a token's owner, as the ledger names it.
    pub fn owner_of(&self, token: &str) -> Option<String> {
        let gate = self.app.gate();
        let owner = gate.tokens.get(token)?.owner;
        gate.owners.get(owner).map(|o| o.login.clone())
    }

    /// What clients did until now.
    pub fn ledger(&self) -> Ledger {
        let mut ledger = self.app.book().ledger();
        let gate = self.app.gate();
        for owner in gate.owners.iter().filter(|o| o.secondary.peak > 0) {
            ledger.concurrency_peak.insert(owner.login.clone(), owner.secondary.peak);
            ledger.points_peak.insert(owner.login.clone(), owner.secondary.points_peak);
        }
        ledger
    }

    /// Every request in the order of arrival (the first 50,000).
    pub fn log(&self) -> Vec<Entry> {
        self.app.book().log()
    }

    /// Begins the counts and the log anew, for a second run; what clients were told is not forgotten.
    pub fn restart_ledger(&self) {
        self.app.book().restart();
        for owner in &mut self.app.gate().owners {
            (owner.secondary.peak, owner.secondary.points_peak) = (0, 0);
        }
    }

    /// The rows that a complete run must have stored, of the data as it is now, by stream.
    pub fn truth(&self) -> BTreeMap<String, Vec<serde_json::Value>> {
        truth::rows(&self.app.world())
    }

    /// The data as it is now.
    pub fn world(&self) -> Arc<World> {
        self.app.world()
    }

    /// Changes the data while it is being served: see [`World`]'s methods in [`model::change`](crate::model::change).
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        self.app.change(change)
    }

    /// Sets what is left of a token's owner's window in a resource (`core`, `graphql`, ...).
    pub fn set_remaining(&self, token: &str, resource: &str, remaining: u32) {
        self.with_owner(token, |app, owner| {
            let now = app.now_ms() / 1_000;
            if let Some(window) = app.gate().owners.get_mut(owner).and_then(|o| o.window(resource)) {
                window.set(now, remaining, None);
            }
            app.forget_told(owner);
        });
    }

    /// Sets when that window ends, from now.
    pub fn reset_in(&self, token: &str, resource: &str, length: Duration) {
        self.with_owner(token, |app, owner| {
            let now = app.now_ms() / 1_000;
            let mut gate = app.gate();
            let Some(owner) = gate.owners.get_mut(owner) else { return };
            let remaining = owner.view(resource, now).remaining;
            if let Some(window) = owner.window(resource) {
                window.set(now, remaining, Some(now + length.as_secs().max(1)));
            }
        });
    }

    /// Spends all that is left. The client does not know before it is told.
    pub fn exhaust(&self, token: &str, resource: &str) {
        self.set_remaining(token, resource, 0);
    }

    /// From now on, 401. The client does not know before it is told.
    pub fn revoke(&self, token: &str) {
        if let Some(state) = self.app.gate().tokens.get_mut(token) {
            state.revoked = true;
        }
    }

    /// Cools the owner of a token by a secondary limit, for so long, in this form.
    pub fn cool(&self, token: &str, length: Duration, form: SecondaryForm) {
        self.with_owner(token, |app, owner| {
            let now = app.now_ms();
            if let Some(owner) = app.gate().owners.get_mut(owner) {
                owner.secondary.cool(now, length, form);
            }
        });
    }

    /// Sets what a token may see.
    pub fn set_access(&self, token: &str, access: Access) {
        if let Some(state) = self.app.gate().tokens.get_mut(token) {
            state.access = access;
        }
    }

    /// The next `times` requests whose path and query contain this are answered with a fault.
    pub fn fail_next(&self, times: u32, path_contains: &str, fault: Fault) {
        self.script(Script::next(times, path_contains, fault));
    }

    /// A scripted fault.
    pub fn script(&self, script: Script) {
        self.app.faults().script(script);
    }

    /// What goes wrong by chance from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.app.faults().chance = faults;
    }

    /// How long an answer takes from now on.
    pub fn set_latency(&self, latency: Duration) {
        self.app.set_latency(latency);
    }

    /// Moves the clock of windows and cool-downs (and `Date`) forward; the data stays.
    pub fn move_windows(&self, by: Duration) {
        self.app.move_windows(by);
    }

    fn with_owner(&self, token: &str, act: impl FnOnce(&App, usize)) {
        let owner = self.app.gate().tokens.get(token).map(|t| t.owner);
        if let Some(owner) = owner {
            act(&self.app, owner);
        }
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
