//! A job's account: what its requests cost, against what it may spend, and what it was left without.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::lock::lock;

/// What one job may spend. A request is counted each time that it is sent: retries and redirects, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Requests that may be sent to GitHub; `None`: any number.
    pub max_requests: Option<u64>,
    /// GraphQL points that may be spent; `None`: any number.
    pub max_points: Option<u64>,
    /// Requests under way at once; others wait in line.
    pub in_flight: usize,
    /// How long one request may wait, in all its tries, for a credential that can serve it.
    pub patience: Duration,
    /// From the start of a task on: no request of it waits for a credential beyond this. `None`: patience alone counts.
    pub waits_end_after: Option<Duration>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            max_requests: None,
            max_points: None,
            in_flight: 32,
            patience: Duration::from_secs(90),
            waits_end_after: None,
        }
    }
}

/// What one job has spent and not got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Requests sent to GitHub, REST and GraphQL.
    pub requests: u64,
    /// GraphQL points: as GitHub told where the query asked for it (`rateLimit { cost }`), else as estimated.
    pub points: u64,
    /// Answers that were a limit.
    pub refused: u64,
    /// Requests whose last answer to the job was `exhausted`, `unavailable` or `over-budget`, and why.
    pub unresolved: Vec<String>,
    /// The earliest time, in seconds since the Unix epoch, at which one of them that was `exhausted` can be served.
    pub retry_at: Option<u64>,
}

/// The account behind one [`Budget`].
pub(crate) struct Account {
    budget: Budget,
    begun: Instant,
    spent: Mutex<Spent>,
    /// The job's, where this is the account of one of its tasks: then that one's budget is the limit.
    whole: Option<Arc<Account>>,
}

#[derive(Default)]
struct Spent {
    requests: u64,
    points: u64,
    refused: u64,
    /// Why, and when to come back.
    unresolved: BTreeMap<String, (String, Option<u64>)>,
    /// Gaps that were not noted because there were too many.
    more_unresolved: u64,
}

/// So many gaps are kept by name; a job that makes more is told of the number.
const MOST_UNRESOLVED: usize = 1_000;

impl Account {
    pub(crate) fn new(budget: Budget) -> Self {
        Self { budget, begun: Instant::now(), spent: Mutex::default(), whole: None }
    }

    /// An account of its own that draws on the budget of `whole`.
    pub(crate) fn part_of(whole: &Arc<Self>) -> Self {
        let budget = Budget { max_requests: None, max_points: None, ..whole.budget.clone() };
        Self { budget, begun: Instant::now(), spent: Mutex::default(), whole: Some(Arc::clone(whole)) }
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// How long a request that begins now may wait for a credential.
    pub(crate) fn patience(&self) -> Duration {
        let left = self.budget.waits_end_after.map(|end| end.saturating_sub(self.begun.elapsed()));
        left.map_or(self.budget.patience, |left| left.min(self.budget.patience))
    }

    /// Pays for one request that is about to be sent, and its points.
    pub(crate) fn pay(&self, points: u64) -> Result<(), Error> {
        if let Some(whole) = &self.whole {
            whole.pay(points)?;
        }
        let mut spent = lock(&self.spent);
        if let Some(most) = self.budget.max_requests.filter(|most| spent.requests >= *most) {
            return Err(Error::OverBudget(format!("the job's {most} requests are spent")));
        }
        if points > 0
            && let Some(most) =
                self.budget.max_points.filter(|most| spent.points.saturating_add(points) > *most)
        {
            let left = most.saturating_sub(spent.points);
            return Err(Error::OverBudget(format!(
                "the query costs about {points} points, and {left} of the job's {most} are left"
            )));
        }
        spent.requests += 1;
        spent.points += points;
        Ok(())
    }

    /// Corrects the points of a query once GitHub has told its cost.
    pub(crate) fn correct(&self, paid: u64, cost: u64) {
        if let Some(whole) = &self.whole {
            whole.correct(paid, cost);
        }
        let mut spent = lock(&self.spent);
        spent.points = spent.points.saturating_sub(paid).saturating_add(cost);
    }

    pub(crate) fn note_refusal(&self) {
        if let Some(whole) = &self.whole {
            whole.note_refusal();
        }
        lock(&self.spent).refused += 1;
    }

    /// Notes what a job was handed for `request`: a gap, or the answer that closes it.
    pub(crate) fn note<T>(&self, request: &str, result: &Result<T, Error>) {
        let mut spent = lock(&self.spent);
        match result {
            Ok(_) => {
                spent.unresolved.remove(request);
            }
            Err(error) if error.leaves_a_gap() => {
                let is_known = spent.unresolved.contains_key(request);
                if is_known || spent.unresolved.len() < MOST_UNRESOLVED {
                    let retry_at = match error {
                        Error::Exhausted { retry_at, .. } => Some(*retry_at),
                        _ => None,
                    };
                    spent.unresolved.insert(request.to_owned(), (error.to_string(), retry_at));
                } else {
                    spent.more_unresolved += 1;
                }
            }
            Err(_) => {}
        }
    }

    pub(crate) fn usage(&self) -> Usage {
        let spent = lock(&self.spent);
        let named = spent.unresolved.iter().map(|(request, (why, _))| format!("{request}: {why}"));
        let more = (spent.more_unresolved > 0).then(|| format!("and {} more", spent.more_unresolved));
        Usage {
            requests: spent.requests,
            points: spent.points,
            refused: spent.refused,
            unresolved: named.chain(more).collect(),
            retry_at: spent.unresolved.values().filter_map(|(_, retry_at)| *retry_at).min(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Account, Budget};
    use crate::error::Error;

    #[test]
    fn a_budget_ends() {
        let account =
            Account::new(Budget { max_requests: Some(3), max_points: Some(10), ..Budget::default() });
        assert_eq!(account.pay(6), Ok(()));
        assert!(matches!(account.pay(5), Err(Error::OverBudget(_))), "6 + 5 points");
        account.correct(6, 2);
        assert_eq!(account.pay(8), Ok(()));
        assert_eq!(account.pay(0), Ok(()));
        assert!(matches!(account.pay(0), Err(Error::OverBudget(_))), "a fourth request");
        assert_eq!((account.usage().requests, account.usage().points), (3, 10));
    }

    #[test]
    fn tasks_share_the_budget_of_their_job_and_keep_accounts_of_their_own() {
        let job = Arc::new(Account::new(Budget { max_requests: Some(3), ..Budget::default() }));
        let (one, other) = (Account::part_of(&job), Account::part_of(&job));
        assert_eq!([one.pay(1), one.pay(1), other.pay(0)], [Ok(()), Ok(()), Ok(())]);
        assert!(matches!(other.pay(0), Err(Error::OverBudget(_))), "the fourth of the job");
        one.correct(1, 5);
        assert_eq!((one.usage().requests, other.usage().requests, job.usage().requests), (2, 1, 3));
        assert_eq!((one.usage().points, job.usage().points), (6, 6));
    }

    #[test]
    fn a_gap_is_unresolved_until_the_same_request_succeeds() {
        let account = Account::new(Budget::default());
        let gone = || Error::Unavailable("gone".to_owned());
        account.note::<()>("GET /a", &Err(gone()));
        account.note::<()>("GET /b", &Err(gone()));
        account.note::<()>("GET /c", &Err(Error::NotGranted(String::new())));
        account.note("GET /a", &Ok(()));
        assert_eq!(account.usage().unresolved, ["GET /b: unavailable: gone"]);
    }

    #[test]
    fn no_number_of_gaps_fills_the_memory() {
        let account = Account::new(Budget::default());
        for n in 0..1_500 {
            account.note::<()>(&format!("GET /{n}"), &Err(Error::Unavailable(String::new())));
        }
        let unresolved = account.usage().unresolved;
        assert_eq!((unresolved.len(), unresolved.last().map(String::as_str)), (1_001, Some("and 500 more")));
    }
}
