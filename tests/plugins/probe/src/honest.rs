use futures::{
    FutureExt, StreamExt,
    future::{join_all, ready},
    stream,
};

use crate::{
    Outcome,
    deed::Honest,
    seedbed::job::{
        clock,
        github::{self, Pager, Request},
        log, progress, records,
        types::Gap,
    },
};

pub async fn act(deed: Honest) -> Result<Outcome, String> {
    match deed {
        Honest::Complete => {}
        Honest::Partial { what, reason, retry_at } => {
            return Ok(Outcome::Partial(vec![Gap { what, reason, retry_at }]));
        }
        Honest::Fail { message } => return Err(message),
        Honest::Get { path } => say(&told(github::get(request(&path)).await)),
        Honest::Gets { count, path } => {
            let answers = join_all((0..count).map(|_| github::get(request(&path)))).await;
            say(&format!("{} of {count} answered", answers.iter().filter(|a| a.is_ok()).count()));
        }
        Honest::GetsInTurn { count, path } => {
            for _ in 0..count {
                let _ = github::get(request(&path)).await;
            }
        }
        Honest::Crawl { addresses, at_once } => {
            let gets = addresses.iter().map(|address| github::get(parsed(address)));
            let answered =
                stream::iter(gets).buffer_unordered(at_once).filter(|a| ready(a.is_ok())).count().await;
            say(&format!("{answered} of {} answered", addresses.len()));
        }
        Honest::Pages { path, at } => pages(&path, at.as_deref()).await?,
        Honest::PagesAtOnce { path, count } => {
            let pager = Pager::new(&request(&path), None);
            for page in join_all((0..count).map(|_| pager.next())).await {
                let page = page.map_err(|e| format!("{e:?}"))?;
                say(&page.map_or("the end".into(), |page| String::from_utf8_lossy(&page.body).into_owned()));
            }
        }
        Honest::Graphql { query, variables } => {
            let answer = github::graphql(query, variables).await;
            say(&answer.map_or_else(|e| format!("{e:?}"), |a| format!("{} {}", a.data, a.errors)));
        }
        Honest::Emit { stream, rows } => say(&format!("{:?}", records::emit(stream, rows).await)),
        Honest::EmitAtOnce { stream, rows } => {
            let emits = rows.into_iter().map(|row| records::emit(stream.clone(), vec![row]));
            for emitted in join_all(emits).await {
                emitted.map_err(|e| format!("{e:?}"))?;
            }
        }
        Honest::Replace { stream, scope, rows } => {
            say(&format!("{:?}", records::replace(stream, scope, rows).await));
        }
        Honest::Checkpoint { state } => say(&format!("{:?}", records::checkpoint(state).await)),
        Honest::Resume => say(&format!("{:?}", records::resume())),
        Honest::Now => say(&clock::now().to_string()),
        Honest::Log { level, message } => log::write(named(&level), &message),
        Honest::Progress { label, done, total } => progress::update(&label, done, total),
        Honest::DropPending { count, path, then } => {
            let mut under_way: Vec<_> = (0..count).map(|_| Box::pin(github::get(request(&path)))).collect();
            for get in &mut under_way {
                assert!(get.now_or_never().is_none(), "it was answered at once");
            }
            drop(under_way);
            say(&told(github::get(request(&then)).await));
        }
        Honest::GrowModestly => {
            let mut wanted = 1_usize << 20;
            while Vec::<u8>::new().try_reserve_exact(wanted).is_ok() {
                wanted *= 2;
            }
            say(&format!("{} MiB are too much", wanted >> 20));
        }
    }
    Ok(Outcome::Complete)
}

async fn pages(path: &str, at: Option<&str>) -> Result<(), String> {
    let pager = Pager::new(&request(path), at);
    loop {
        match pager.next().await {
            Ok(Some(page)) => {
                say(&format!("{} at {:?}", String::from_utf8_lossy(&page.body), pager.position()));
            }
            Ok(None) => return Ok(()),
            Err(e) => return Err(format!("{e:?}")),
        }
    }
}

fn told(answer: Result<github::Response, github::Error>) -> String {
    match answer {
        Ok(r) => format!("{} {} {}", r.status, String::from_utf8_lossy(&r.body), r.unchanged),
        Err(e) => format!("{e:?}"),
    }
}

pub fn request(path: &str) -> Request {
    Request { path: path.into(), query: vec![("per_page".into(), "100".into())], media_type: None }
}

/// A request for an address such as `/repos/o/r/pulls?page=2`; its query needs no decoding.
fn parsed(address: &str) -> Request {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let query = pairs.map(|(name, value)| (name.into(), value.into())).collect();
    Request { path: path.into(), query, media_type: None }
}

pub fn say(text: &str) {
    log::write(log::Level::Info, text);
}

fn named(level: &str) -> log::Level {
    match level {
        "debug" => log::Level::Debug,
        "warn" => log::Level::Warn,
        "error" => log::Level::Error,
        _ => log::Level::Info,
    }
}
