//! Every row of `verdicts.toml`: an answer, what it means, and what the pool learns from it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a table that can't be read is a failed test")]

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use seedbed_github::verdict::{Learnt, Pause, Reach};
use seedbed_github::{Answer, Api, Ruling, Timestamp, verdict};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default = "rest")]
    api: String,
    status: u16,
    quota: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: String,
    #[serde(default = "yes")]
    whole: bool,
    #[serde(default = "yes")]
    json: bool,
    verdict: String,
    #[serde(default)]
    learnt: Vec<String>,
}

fn rest() -> String {
    "rest".to_owned()
}

fn yes() -> bool {
    true
}

impl Case {
    fn api(&self) -> Api {
        match self.api.as_str() {
            "rest" => Api::Rest,
            "graphql" => Api::Graphql,
            other => panic!("{}: no API called {other}", self.name),
        }
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut insert = |name: &str, value: &str| {
            headers.insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        };
        if let Some(quota) = &self.quota {
            let (resource, counts) = quota.split_once(' ').unwrap();
            let (remaining, limit) = counts.split_once('/').unwrap();
            let used = limit.parse::<u64>().unwrap() - remaining.parse::<u64>().unwrap();
            insert("x-ratelimit-resource", resource);
            insert("x-ratelimit-limit", limit);
            insert("x-ratelimit-remaining", remaining);
            insert("x-ratelimit-used", &used.to_string());
            insert("x-ratelimit-reset", "1700003600");
        }
        for (name, value) in &self.headers {
            insert(name, value);
        }
        headers
    }
}

/// The ruling, as the table words it.
fn ruling(ruling: &Ruling) -> String {
    match ruling {
        Ruling::Success => "success".to_owned(),
        Ruling::Unchanged => "unchanged".to_owned(),
        Ruling::Moved { location: Some(location) } => format!("moved {location}"),
        Ruling::Moved { location: None } => "moved".to_owned(),
        Ruling::Accepted => "accepted".to_owned(),
        Ruling::PrimaryLimit { reset: Some(reset) } => format!("primary limit until {reset}"),
        Ruling::PrimaryLimit { reset: None } => "primary limit".to_owned(),
        Ruling::SecondaryLimit { pause: Some(Pause::Seconds(seconds)) } => {
            format!("secondary limit for {seconds} s")
        }
        Ruling::SecondaryLimit { pause: Some(Pause::Until(time)) } => format!("secondary limit until {time}"),
        Ruling::SecondaryLimit { pause: None } => "secondary limit".to_owned(),
        Ruling::BadCredential { message } => format!("bad credential: {message}"),
        Ruling::NoAccess { message, reach: Reach::Topic } => format!("no access to topic: {message}"),
        Ruling::NoAccess { message, reach: Reach::Owner(None) } => format!("no access to owner: {message}"),
        Ruling::NoAccess { message, reach: Reach::Owner(Some(name)) } => {
            format!("no access to owner {name}: {message}")
        }
        Ruling::Absent { status, message } => format!("absent {status}: {message}"),
        Ruling::Rejected { status, message } => format!("rejected {status}: {message}"),
        Ruling::Transient { reason } => format!("transient: {reason}"),
        Ruling::TooSlow { reason } => format!("too slow: {reason}"),
    }
}

/// What is learnt, as the table words it.
fn learnt(learnt: &Learnt) -> Vec<String> {
    let window = learnt.window.as_ref().map(|window| {
        let resource = window.resource.as_ref().map_or("?", |resource| resource.as_str());
        let (remaining, limit, used, reset) = (window.remaining, window.limit, window.used, window.reset);
        format!("window {resource} {remaining}/{limit} used {used} until {reset}")
    });
    let owner = learnt.owner.map(|owner| format!("owner {owner}"));
    let clock = learnt.server_time.map(|time| format!("clock {time}"));
    let hidden = learnt.maybe_hidden.then(|| "maybe hidden".to_owned());
    let partial = learnt.partial_results.then(|| "partial results".to_owned());
    [window, owner, clock, hidden, partial].into_iter().flatten().collect()
}

#[test]
fn every_answer_of_the_table_means_what_it_says() {
    let table: Table = toml::from_str(include_str!("verdicts.toml")).unwrap();
    assert!(table.case.len() >= 60, "{} cases", table.case.len());
    let mut wrong = Vec::new();
    for case in &table.case {
        let headers = case.headers();
        let found = verdict(&Answer {
            api: case.api(),
            status: case.status,
            headers: &headers,
            body: case.body.as_bytes(),
            whole: case.whole,
            expects_json: case.json,
            received_at: Timestamp::from_seconds(1_700_000_000),
        });
        assert!(found.learnt.heard);
        let found = (ruling(&found.ruling), learnt(&found.learnt));
        if found != (case.verdict.clone(), case.learnt.clone()) {
            wrong.push(format!(
                "{}:\n  wanted {:?} {:?}\n  found  {found:?}",
                case.name, case.verdict, case.learnt
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), table.case.len(), wrong.join("\n"));
}

#[test]
fn no_two_cases_have_one_name() {
    let table: Table = toml::from_str(include_str!("verdicts.toml")).unwrap();
    let mut names: Vec<_> = table.case.iter().map(|case| &case.name).collect();
    names.sort();
    names.windows(2).for_each(|pair| assert_ne!(pair[0], pair[1]));
}

/// Any status with any bytes and odd headers gets a verdict: nothing that a server sends can stop the program.
#[test]
fn no_answer_is_too_odd() {
    let bodies: [&[u8]; 7] =
        [b"", b"\xff\xfe", b"null", b"{\"errors\": 7}", b"{\"data\": 1}", b"[[[[", b"\"\\ud800\""];
    let mut headers = HeaderMap::new();
    for name in ["retry-after", "x-ratelimit-limit", "x-ratelimit-reset", "date", "x-github-sso", "location"]
    {
        headers.insert(
            name.parse::<HeaderName>().unwrap(),
            HeaderValue::from_bytes(b"\xff; required; 9").unwrap(),
        );
    }
    for status in 100..=999 {
        for body in bodies {
            for (api, whole) in
                [(Api::Rest, true), (Api::Rest, false), (Api::Graphql, true), (Api::Graphql, false)]
            {
                let received_at = Timestamp::from_seconds(1_700_000_000);
                let answer =
                    Answer { api, status, headers: &headers, body, whole, expects_json: true, received_at };
                let _ = verdict(&answer);
            }
        }
    }
}
