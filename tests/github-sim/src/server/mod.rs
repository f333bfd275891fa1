//! The HTTP server: one request from its bytes to its bytes. Everything it decides is decided elsewhere; here the order
//! of decisions stands: user agent, credential, limits, data, validator, fault.

mod head;
mod respond;
mod state;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;

use crate::faults::Fault;
use crate::graphql;
use crate::ledger::{Arrival, End};
use crate::limits::refusal::Refusal;
use crate::limits::{Access, Admission, Presented, resource_of};
use crate::model::Time;
use crate::rest;
use head::Head;
use respond::Answer;
pub(crate) use state::App;
use state::Visit;
use wire::{Door, Wire};

/// GitHub takes no longer GraphQL documents than this.
const LONGEST_BODY: usize = 1 << 20;

/// Serves until `stop` resolves.
pub(crate) async fn serve(app: Arc<App>, listener: tokio::net::TcpListener, stop: impl Future<Output = ()>) {
    let router = axum::Router::new().fallback(handle).with_state(app);
    let server = axum::serve(Door(listener), router.into_make_service_with_connect_info::<Wire>());
    tokio::select! {
        _ = server.into_future() => {}
        () = stop => {}
    }
}

async fn handle(
    State(app): State<Arc<App>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let head = Head::new(parts);
    if !head.has_user_agent() {
        app.book().no_user_agent();
        return Answer::refusal(Refusal::no_user_agent()).without_owner().build(&app, &head);
    }
    let graphql = head.path() == "/graphql";
    let question = if graphql {
        match axum::body::to_bytes(body, LONGEST_BODY).await {
            Ok(bytes) => bytes,
            Err(_) => {
                let refusal =
                    Refusal::message(413, "Request body too large", "https://docs.github.com/graphql");
                return Answer::refusal(refusal).without_owner().build(&app, &head);
            }
        }
    } else {
        bytes::Bytes::new()
    };
    let (mut visit, admitted) = enter(&app, &head, &question);
    if !app.latency().is_zero() {
        tokio::time::sleep(app.latency()).await;
    }
    let mut answer = match admitted {
        Err(answer) => answer,
        Ok(access) if graphql => ask_graphql(&app, &head, &mut visit, &access, &question),
        Ok(access) => ask_rest(&app, &head, &mut visit, &access),
    };
    answer.validate(&head);
    if answer.status == 304 && visit.signed_in {
        visit.refund(&app);
    }
    let fault = if answer.end == End::Answered { app.next_fault(&head) } else { None };
    if let Some(fault) = &fault {
        answer.end = if matches!(fault, Fault::Slow { .. }) { End::Answered } else { End::Faulty };
    }
    answer.window = Some(visit.view(&app));
    deliver(&app, &head, &wire, visit, answer, fault).await
}

/// The credential and the limits. Either what the credential may see, or the refusal.
fn enter(app: &Arc<App>, head: &Head, question: &[u8]) -> (Visit, Result<Access, Answer>) {
    let now = app.now_ms();
    let resource = resource_of(head.path());
    let free = head.path() == "/rate_limit";
    let points =
        if matches!(head.method(), "GET" | "HEAD" | "OPTIONS") || resource == "graphql" { 1 } else { 5 };
    let token = head.token();
    let mut gate = app.gate();
    let presented = if head.authorizations() > 1 { Presented::Bad } else { gate.present(token, now) };
    let known = token.and_then(|t| gate.tokens.get(t));
    let owner = known.map_or_else(|| gate.anonymous(), |t| t.owner);
    let access = known.map(|t| t.access.clone()).unwrap_or_default();
    let owner_name = gate.owners.get(owner).map(|o| o.login.clone()).unwrap_or_default();
    // A refused credential is counted to nobody but the address.
    let counted = if presented == Presented::Owner(owner) { owner } else { gate.anonymous() };
    let admission = gate.enter(counted, resource, points, free, now);
    let refused = match presented {
        Presented::Bad => Some((Refusal::bad_credentials(), End::Unauthorized)),
        Presented::TooManyBad => Some((Refusal::too_many_bad(), End::Answered)),
        // It has no window there that could be spent.
        Presented::Owner(_) if resource == "graphql" && token.is_none() => {
            let docs = "https://docs.github.com/graphql/guides/forming-calls-with-graphql#authenticating-with-graphql";
            let message = "This endpoint requires you to be authenticated.";
            Some((Refusal::message(401, message, docs), End::Answered))
        }
        Presented::Owner(_) => None,
    };
    let mut cooling_until = None;
    let refused = refused.or_else(|| match (admission, gate.owners.get(counted)) {
        (Admission::Primary(_), Some(owner)) => {
            Some((Refusal::primary(owner, resource == "graphql", app.primary_status()), End::Primary))
        }
        (Admission::Secondary(cooling), _) => {
            cooling_until = Some(cooling.until);
            Some((Refusal::secondary(&cooling, resource == "graphql", now), End::Secondary))
        }
        _ => None,
    });
    drop(gate);
    let line = app.book().arrive(Arrival {
        now,
        token: token.unwrap_or_default().to_owned(),
        owner: owner_name,
        resource,
        method: head.method().to_owned(),
        path: head.path_and_query().to_owned(),
        content: head.content_hash(question),
        conditional: head.if_none_match().is_some(),
    });
    let served = refused.is_none();
    let mut visit = Visit::new(app, counted, resource, line, token.is_some(), u32::from(served && !free));
    visit.cooling_until = cooling_until;
    let admitted = match refused {
        None => Ok(access),
        Some((refusal, end)) => {
            let mut answer = Answer::refusal(refusal);
            answer.end = end;
            Err(answer)
        }
    };
    (visit, admitted)
}

fn ask_rest(app: &Arc<App>, head: &Head, visit: &mut Visit, access: &Access) -> Answer {
    if let Some(refusal) = head.unacceptable() {
        return Answer::refusal(refusal);
    }
    if !matches!(head.method(), "GET" | "HEAD") {
        return Answer::refusal(Refusal::not_found());
    }
    let (viewer, views) = visit.viewer(app);
    if head.path() == "/rate_limit" {
        let body = rest::meta::rate_limit(&views, Time(app.now_ms() / 1_000)).to_string();
        return Answer::found(body.into_bytes(), None);
    }
    let world = app.world();
    let root = format!("{}{}", app.root(), head.prefix());
    let ask = rest::Ask {
        world: &world,
        access,
        root: &root,
        path: head.path(),
        query: rest::Query::new(head.query()),
        owner: &viewer,
    };
    match rest::answer(&ask) {
        rest::Reply::Found { body, link } => Answer::found(body, link),
        rest::Reply::Moved(to) => Answer::moved(to),
        rest::Reply::Refused(refusal) => Answer::refusal(refusal),
    }
}

fn ask_graphql(app: &Arc<App>, head: &Head, visit: &mut Visit, access: &Access, question: &[u8]) -> Answer {
    if head.method() != "POST" {
        return Answer::refusal(Refusal::not_found());
    }
    let (viewer, _) = visit.viewer(app);
    // One point was taken at the door; the query sees the window without it.
    let (_, mut window) = visit.view(app);
    window.used = window.used.saturating_sub(1);
    window.remaining = window.limit.saturating_sub(window.used);
    let world = app.world();
    let reply = graphql::handle(&graphql::Question {
        world: &world,
        viewer: graphql::Viewer { login: &viewer.login, access },
        window,
        config: app.config(),
        body: question,
    });
    visit.charge(app, reply.cost.saturating_sub(1));
    Answer::graphql(reply.status, reply.body)
}

/// Writes the answer, broken as the fault wants it.
async fn deliver(
    app: &Arc<App>,
    head: &Head,
    wire: &Wire,
    mut visit: Visit,
    mut answer: Answer,
    fault: Option<Fault>,
) -> Response {
    match fault {
        None => {}
        Some(Fault::Error(status)) => {
            answer.replace(status, br#"{"message":"Server Error"}"#, "application/json; charset=utf-8")
        }
        Some(Fault::HtmlPage(status)) => answer.replace(status, respond::UNICORN, "text/html; charset=utf-8"),
        Some(Fault::Reset { after }) => {
            visit.broken = true;
            wire.reset_after(after.min(answer.body.len()));
        }
        Some(Fault::Truncate { after }) => {
            visit.broken = true;
            if answer.body.is_empty() {
                wire.reset_after(0);
            } else {
                wire.close_after(after.min(answer.body.len() - 1));
            }
        }
        Some(Fault::CutJson) => answer.cut(),
        Some(Fault::Accepted) => answer.replace(202, b"{}", "application/json; charset=utf-8"),
        Some(Fault::Hang(length)) => {
            visit.broken = true;
            tokio::time::sleep(length).await;
            wire.reset_after(0);
        }
        Some(Fault::RedirectTo(url)) => answer.redirect(302, &url),
        Some(Fault::Instead { status, body }) => {
            answer.replace(status, body.as_bytes(), "application/json; charset=utf-8");
        }
        Some(Fault::Slow { pieces, pause }) => {
            let body = std::mem::take(&mut answer.body);
            let length = body.len();
            let response = answer.build(app, head);
            return slowly(response, body.into(), length, pieces, pause, visit, answer);
        }
    }
    let response = answer.build(app, head);
    visit.leave(&answer);
    response
}

/// The body in pieces, with pauses. The visit lasts until the last of them.
fn slowly(
    response: Response,
    body: bytes::Bytes,
    length: usize,
    pieces: usize,
    pause: Duration,
    visit: Visit,
    answer: Answer,
) -> Response {
    let size = length.div_ceil(pieces.max(1)).max(1);
    let stream =
        futures::stream::unfold((body, visit, answer), move |(mut body, mut visit, answer)| async move {
            if body.is_empty() {
                visit.leave(&answer);
                return None;
            }
            tokio::time::sleep(pause).await;
            let piece = body.split_to(size.min(body.len()));
            Some((Ok::<_, std::io::Error>(piece), (body, visit, answer)))
        });
    let (mut parts, _) = response.into_parts();
    parts.headers.insert("content-length", http::HeaderValue::from(length));
    Response::from_parts(parts, Body::from_stream(stream))
}
