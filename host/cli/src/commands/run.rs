//! `host run`: jobs to their end, then the table and the receipt.

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::cli::{Global, Run as Args};
use crate::environment::Environment;
use crate::exit::{Exit, Failure};
use crate::outcome::Outcome;
use crate::progress::{Board, Display};
use crate::receipt::{Place, Receipt};
use crate::{prepare, schedule, signals, summary, terminal};

pub(super) async fn run(args: Args, global: &Global) -> Result<Exit, Failure> {
    // Everything that can be wrong is told before the first request, the cheapest to find out first.
    let manifests = prepare::manifests(&args.jobs)?;
    let environment = Environment::read(global)?;
    let receipt = args.receipt.as_deref().map(Place::open).transpose()?;
    let sandboxes = prepare::sandboxes()?;
    let mut jobs = Vec::new();
    for manifest in manifests {
        jobs.push(prepare::job(manifest, &sandboxes, &args.params, args.build).await?);
    }
    let client = environment.client()?;
    let stopped = client.clone();
    let stop = signals::listen(move || stopped.stop())?;
    if args.fresh && jobs.len() > 1 {
        // No sink is emptied before all are known to be there for us.
        jobs.iter().try_for_each(prepare::openable)?;
    }
    let mut ready = Vec::new();
    for job in jobs {
        let store = prepare::store(&job, args.fresh)?;
        ready.push((job, store));
    }
    environment.warn(global.quiet);

    let (began, clock) = (jiff::Timestamp::now(), Instant::now());
    let board = Arc::new(Board::new(client.clone()));
    let run = schedule::Run {
        client: client.clone(),
        stop,
        board: Arc::clone(&board),
        now: args.now.unwrap_or_else(now),
        parallel: args.parallel.into(),
        on_exhausted: args.on_exhausted,
    };
    let display = Display::start(board, args.progress, global.quiet);
    let reports = schedule::run(ready, &run).await;
    drop(display);

    let totals = client.totals();
    let written =
        receipt.map(|place| place.write(&Receipt::of((began, jiff::Timestamp::now()), &reports, &totals)));
    if !global.quiet {
        super::print(&summary::table(&reports, &totals, clock.elapsed(), now()))?;
    }
    written.transpose()?;
    let outcome = reports.iter().map(|report| report.outcome()).max().unwrap_or(Outcome::Complete);
    if global.quiet && outcome == Outcome::Failed {
        for (job, gap) in reports.iter().flat_map(|job| {
            job.tasks.iter().flat_map(move |task| {
                task.gaps.iter().filter(|_| task.outcome == Outcome::Failed).map(move |gap| (&job.job, gap))
            })
        }) {
            terminal::say(format_args!("error: {job}: {}", terminal::plain(&gap.reason, 2_000)));
        }
    }
    Ok(outcome.into())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
