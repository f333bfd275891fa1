//! `host check`: what a job would do, and whether everything about it is right. Asks GitHub nothing.

use crate::cli::{Check, Global};
use crate::environment::Environment;
use crate::exit::{Exit, Failure};
use crate::manifest::unit::{bytes_shown, duration_shown};
use crate::prepare::{self, Job};
use crate::progress::counted;

/// Tasks that are printed.
const MOST_TASKS: usize = 20;

pub(super) async fn run(args: Check, global: &Global) -> Result<Exit, Failure> {
    let manifests = prepare::manifests(&args.jobs)?;
    let environment = Environment::read(global)?;
    let sandboxes = prepare::sandboxes()?;
    let mut text = String::new();
    for manifest in manifests {
        let job = prepare::job(manifest, &sandboxes, &args.params, false).await?;
        plan(&mut text, &job);
    }
    let loaded = &environment.loaded;
    let anonymous = loaded.credentials.iter().all(|credential| credential.is_anonymous());
    let credentials = if anonymous {
        "none: GitHub allows 60 requests an hour, and no GraphQL".to_owned()
    } else {
        let masks: Vec<&str> = loaded.credentials.iter().map(|credential| credential.masked()).collect();
        format!("{} from {}: {}", masks.len(), loaded.origin, masks.join(", "))
    };
    row(&mut text, "credentials", &credentials);
    row(&mut text, "GitHub", environment.endpoint.rest().as_str());
    super::print(&text)?;
    Ok(Exit::Complete)
}

fn plan(text: &mut String, job: &Job) {
    let manifest = &job.manifest;
    let github = &manifest.github;
    let limits = manifest.limits;
    row(text, "job", &manifest.name);
    let description = &job.description;
    let plugin = format!("{} {} ({})", description.name, description.version, job.component.display());
    row(text, "plugin", &plugin);
    let imports = job.plugin.inspect().imports.iter().map(String::as_str);
    // Types are words, not a way out.
    let imports: Vec<&str> = imports.filter(|import| !import.starts_with("seedbed:job/types")).collect();
    row(text, "can ask for", &imports.join(", "));
    let streams: Vec<String> = (job.streams.iter())
        .map(|stream| format!("{} ({})", stream.name, stream.primary_key.join(", ")))
        .collect();
    row(text, "streams", &streams.join(", "));
    let read = if github.read.is_empty() { "nothing".to_owned() } else { github.read.join(", ") };
    row(text, "may read", &read);
    let most = |most: Option<u64>| most.map_or_else(|| "no limit".to_owned(), |most| most.to_string());
    let budget = format!(
        "{} requests, {} GraphQL points, {} in flight a task; on exhaustion: {}",
        most(github.max_requests),
        most(github.max_points),
        github.in_flight,
        github.on_exhausted.name()
    );
    row(text, "budget", &budget);
    let limits = format!(
        "{} of memory, {} of cpu, {} in all (a task)",
        bytes_shown(limits.memory),
        duration_shown(limits.cpu),
        duration_shown(limits.wall)
    );
    row(text, "limits", &limits);
    row(text, "sink", &format!("{} {}", manifest.sink.kind, manifest.sink.spec.path().display()));
    row(text, "runs", &counted(job.tasks.len() as u64, "task"));
    for task in job.tasks.iter().take(MOST_TASKS) {
        let params = serde_json::Value::Object(task.params.clone());
        line(text, &format!("  {params}"));
    }
    if job.tasks.len() > MOST_TASKS {
        line(text, &format!("  and {} more", job.tasks.len() - MOST_TASKS));
    }
    line(text, "");
}

fn row(text: &mut String, name: &str, value: &str) {
    line(text, &format!("{name:12} {value}"));
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}
