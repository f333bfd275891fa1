use std::hint::black_box;

use futures::FutureExt;

use crate::{
    Outcome,
    deed::Hostile,
    honest::{request, say},
    seedbed::job::{
        github::{self, Pager},
        log, progress, records,
    },
};

pub async fn act(deed: Hostile) -> Result<Outcome, String> {
    match deed {
        Hostile::Spin => spin(),
        Hostile::SpinPending { path } => {
            let mut get = Box::pin(github::get(request(&path)));
            let _ = (&mut get).now_or_never();
            spin()
        }
        Hostile::Panic { message } => panics(&message),
        Hostile::Abort => std::process::abort(),
        Hostile::Grow => {
            let mut all: Vec<u8> = Vec::new();
            loop {
                all.resize(all.len() + (16 << 20), 1);
            }
        }
        Hostile::GrowInPieces => {
            let mut all: Vec<Box<[u8; 1_000]>> = Vec::new();
            loop {
                all.push(Box::new([1; 1_000]));
            }
        }
        Hostile::Recurse => say(&recurse(1).to_string()),
        Hostile::Hoard { count, path } => {
            let mut all: Vec<_> = (0..count).map(|_| Box::pin(github::get(request(&path)))).collect();
            for get in &mut all {
                let _ = get.now_or_never();
            }
            say("hoarded");
        }
        Hostile::HoardPagers { count, path } => {
            let all: Vec<_> = (0..count).map(|_| Pager::new(&request(&path), None)).collect();
            say(&format!("{} pagers", all.len()));
        }
        Hostile::LargeRows { bytes, times } => {
            let rows = vec!["x".repeat(bytes)];
            let mut all: Vec<_> =
                (0..times).map(|_| Box::pin(records::emit("things".into(), rows.clone()))).collect();
            for emit in &mut all {
                let _ = emit.now_or_never();
            }
            for emit in all {
                emit.await.map_err(|e| format!("{e:?}"))?;
            }
        }
        Hostile::EmitAndRun { stream, row } => {
            let mut emit = Box::pin(records::emit(stream, vec![row]));
            let _ = (&mut emit).now_or_never();
            std::mem::forget(emit);
        }
        Hostile::LogFlood { count, message } => {
            for _ in 0..count {
                log::write(log::Level::Info, &message);
            }
        }
        Hostile::ProgressFlood { count } => {
            for n in 0..count {
                progress::update(&format!("label \u{1b}[31m{n} {}", "x".repeat(1_000)), 1, None);
            }
        }
        Hostile::CheckpointStorm { count, bytes } => {
            for _ in 0..count {
                records::checkpoint("s".repeat(bytes)).await.map_err(|e| format!("{e:?}"))?;
            }
        }
    }
    Ok(Outcome::Complete)
}

#[inline(never)]
fn spin() -> ! {
    loop {
        black_box(());
    }
}

#[inline(never)]
fn panics(message: &str) -> ! {
    panic!("{message}")
}

#[inline(never)]
fn recurse(n: u64) -> u64 {
    if black_box(n) == 0 { 0 } else { black_box(recurse(n + 1)) + 1 }
}
