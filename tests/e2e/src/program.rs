//! The real `host`, run as a user would: with a manifest, an environment of its own, and eyes on what it prints.
//!
//! Whatever a test does, every output is searched for the simulator's tokens.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use github_sim::Sim;
use tempfile::TempDir;

/// A program of this workspace, built beside the test's executable.
///
/// # Panics
/// It is not there: `make test` (or `cargo build --workspace --bins`) builds it.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().and_then(Path::parent).unwrap().join(name);
    assert!(path.exists(), "{} is missing: run `cargo build --workspace --bins` first", path.display());
    path
}

/// The plugin that ships, as a component.
///
/// # Panics
/// It is not there: `make guests` builds it.
pub fn plugin() -> PathBuf {
    let path = repository().join("plugins/pull-requests/dist/pull-requests.wasm");
    assert!(path.exists(), "{} is missing: run `make guests` first", path.display());
    path
}

/// A guest for tests, as a component.
///
/// # Panics
/// It is not there: `make guests` builds it.
pub fn guest(name: &str) -> PathBuf {
    let path = repository().join(format!("tests/plugins/{name}/dist/{name}.wasm"));
    assert!(path.exists(), "{} is missing: run `make guests` first", path.display());
    path
}

/// The root of this repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A user's desk: a folder of manifests and outputs, and a home.
pub struct Desk {
    folder: TempDir,
    api: Option<String>,
    tokens: Vec<String>,
}

impl Desk {
    /// A desk with nothing on it and no way to GitHub: requests would go to a port where nobody listens.
    pub fn offline() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            api: Some("http://127.0.0.1:9".to_owned()),
            tokens: Vec::new(),
        }
    }

    /// A desk whose GitHub is the simulator, with all of its tokens.
    pub fn at(sim: &Sim) -> Self {
        Self { folder: TempDir::new().unwrap(), api: Some(sim.url()), tokens: sim.tokens() }
    }

    /// A path on the desk.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file on the desk.
    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Puts a manifest `job.toml` on the desk that seeds `repo` into `out/rows.db`; `params` are lines of `[params]`.
    pub fn job(&self, repo: &str, params: &str) -> PathBuf {
        self.put("job.toml", manifest(repo, params))
    }

    /// The `host` program with the desk's environment, to be given arguments. Nothing of the test's own environment
    /// reaches it.
    pub fn host(&self) -> Command {
        let mut command = Command::new(program("host"));
        command.current_dir(self.folder.path()).env_clear();
        // Compiled components are shared by all tests, as by all runs of a user.
        let cache = program("host").parent().unwrap().join("e2e-cache");
        command.env("XDG_CACHE_HOME", cache).env("HOME", self.path("home"));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        if let Some(api) = &self.api {
            command.env("GITHUB_API_URL", api);
        }
        if !self.tokens.is_empty() {
            command.env("GITHUB_SEEDING_TOKENS", self.tokens.join(","));
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// `host run job.toml`, unpaced and with the simulator's time, to be given more arguments.
    pub fn run(&self) -> Command {
        let mut command = self.host();
        command.args(["run", "job.toml", "--unpaced", "--now", "1769947200"]);
        command
    }

    /// Runs a command of this desk to its end.
    pub fn finish(&self, mut command: Command) -> Finished {
        self.wait(command.spawn().unwrap())
    }

    /// Waits for a program of this desk.
    pub fn wait(&self, mut child: Child) -> Finished {
        let began = Instant::now();
        // Read aside, so that a full pipe can't stop it.
        let mut stdout = child.stdout.take().unwrap();
        let reader = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stdout.read_to_end(&mut bytes).unwrap();
            bytes
        });
        let mut stderr = Vec::new();
        child.stderr.take().unwrap().read_to_end(&mut stderr).unwrap();
        let stdout = reader.join().unwrap();
        let code = child.wait().unwrap().code();
        let finished = Finished {
            code: code.unwrap_or(-1),
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
            took: began.elapsed(),
        };
        for token in &self.tokens {
            assert!(
                !finished.stdout.contains(token) && !finished.stderr.contains(token),
                "a token was printed"
            );
        }
        finished
    }

    /// Every file on the desk and in its home that holds one of `needles`.
    pub fn files_that_hold(&self, needles: &[String]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if holds(&std::fs::read(&path).unwrap(), needles) {
                    found.push(path);
                }
            }
        }
        found
    }
}

fn holds(bytes: &[u8], needles: &[String]) -> bool {
    needles.iter().any(|needle| bytes.windows(needle.len()).any(|window| window == needle.as_bytes()))
}

/// A manifest for the shipped plugin.
pub fn manifest(repo: &str, params: &str) -> String {
    let plugin = plugin();
    format!(
        "name = \"rows\"\nplugin = {plugin:?}\n[matrix]\nrepo = [{repo:?}]\n[params]\ndays_back = 90\n{params}\n\
         [github]\nread = [{repo:?}]\n[sink]\ntype = \"sqlite\"\npath = \"out/rows.db\"\n"
    )
}

/// A program that ended.
#[derive(Debug)]
pub struct Finished {
    /// Its exit code; -1 if a signal ended it.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it told.
    pub stderr: String,
    /// How long it was waited for.
    pub took: Duration,
}

impl Finished {
    /// The same, if it ended with `code`.
    ///
    /// # Panics
    /// It ended with another; with all that it printed.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// Waits until `true`, looking often.
///
/// # Panics
/// After a minute.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited a minute for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends a signal, such as `INT`, to a running program.
pub fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}
