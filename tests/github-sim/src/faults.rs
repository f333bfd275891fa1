//! What goes wrong between a client and GitHub: by chance, or as a test scripts it.

use std::time::Duration;

/// One thing that goes wrong with an answer. The request was received and counted all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A server error with GitHub's JSON body.
    Error(u16),
    /// The unicorn page: HTML instead of JSON, with this status (200 too).
    HtmlPage(u16),
    /// The connection is reset (RST) after so many bytes of the answer, headers included.
    Reset {
        /// Bytes that still arrive.
        after: usize,
    },
    /// The connection is closed (FIN) after so many bytes, though `Content-Length` promised more.
    Truncate {
        /// Bytes that still arrive.
        after: usize,
    },
    /// A whole HTTP answer whose JSON is cut in the middle.
    CutJson,
    /// The body comes in pieces, with a pause before each.
    Slow {
        /// How many pieces.
        pieces: usize,
        /// The pause.
        pause: Duration,
    },
    /// 202 with an empty object: being computed, ask again later.
    Accepted,
    /// No answer at all for so long, then a reset.
    Hang(Duration),
    /// A redirect (302) to another host, which a client must not take its credential to.
    RedirectTo(String),
    /// An answer of the test's own making, with this status and JSON body.
    Instead {
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
}

/// How often what goes wrong by chance; each from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    /// 502 with JSON.
    pub error: f64,
    /// 502 with HTML.
    pub html: f64,
    /// A reset.
    pub reset: f64,
    /// A truncated body.
    pub truncate: f64,
    /// Half of the JSON in a whole answer.
    pub cut_json: f64,
    /// A slow body (30 ms in three pieces).
    pub slow: f64,
}

impl Faults {
    /// Each kind with an equal share of one probability.
    pub fn mixed(probability: f64) -> Self {
        let each = probability.clamp(0.0, 1.0) / 6.0;
        Self { error: each, html: each, reset: each, truncate: each, cut_json: each, slow: each }
    }

    fn draw(&self, rng: &mut fastrand::Rng) -> Option<Fault> {
        let mut at = rng.f64();
        let after = rng.usize(0..4_000);
        let slow = Fault::Slow { pieces: 3, pause: Duration::from_millis(10) };
        for (probability, fault) in [
            (self.error, Fault::Error(502)),
            (self.html, Fault::HtmlPage(502)),
            (self.reset, Fault::Reset { after }),
            (self.truncate, Fault::Truncate { after }),
            (self.cut_json, Fault::CutJson),
            (self.slow, slow),
        ] {
            if at < probability {
                return Some(fault);
            }
            at -= probability;
        }
        None
    }
}

/// A scripted fault: the next `times` requests that match get it.
#[derive(Debug, Clone)]
pub struct Script {
    /// A part of the path with its query; empty matches every request.
    pub path_contains: String,
    /// Only with this token.
    pub token: Option<String>,
    /// How many matching requests pass unharmed first.
    pub skip: u32,
    /// How many get it.
    pub times: u32,
    /// What they get.
    pub fault: Fault,
}

impl Script {
    /// The next `times` requests whose path contains this.
    pub fn next(times: u32, path_contains: impl Into<String>, fault: Fault) -> Self {
        Self { path_contains: path_contains.into(), token: None, skip: 0, times, fault }
    }
}

/// Chance and script together.
#[derive(Debug)]
pub(crate) struct FaultPlan {
    pub(crate) chance: Faults,
    scripts: Vec<Script>,
    rng: fastrand::Rng,
}

impl FaultPlan {
    pub(crate) fn new(chance: Faults, seed: u64) -> Self {
        Self { chance, scripts: Vec::new(), rng: fastrand::Rng::with_seed(seed ^ 0xfau64) }
    }

    pub(crate) fn script(&mut self, script: Script) {
        self.scripts.push(script);
    }

    /// What goes wrong with this request. A script goes before chance.
    pub(crate) fn next(&mut self, path_and_query: &str, token: Option<&str>) -> Option<Fault> {
        for script in &mut self.scripts {
            let matches = path_and_query.contains(&script.path_contains)
                && (script.token.is_none() || script.token.as_deref() == token);
            if !matches || script.times == 0 {
                continue;
            }
            if script.skip > 0 {
                script.skip -= 1;
                continue;
            }
            script.times -= 1;
            return Some(script.fault.clone());
        }
        if self.chance == Faults::default() { None } else { self.chance.draw(&mut self.rng) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_hits_the_next_matching_requests_and_no_more() {
        let mut plan = FaultPlan::new(Faults::default(), 1);
        plan.script(Script { skip: 1, ..Script::next(2, "/pulls", Fault::Error(502)) });
        let hits: Vec<bool> =
            ["/user", "/pulls", "/pulls", "/pulls", "/pulls"].map(|p| plan.next(p, None).is_some()).to_vec();
        assert_eq!(hits, [false, false, true, true, false]);
    }

    #[test]
    fn chance_keeps_to_its_probability() {
        let mut plan = FaultPlan::new(Faults::mixed(0.12), 7);
        let hits = (0..10_000).filter(|_| plan.next("/", None).is_some()).count();
        assert!((1_000..1_400).contains(&hits), "{hits}");
    }
}
