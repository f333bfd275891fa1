//! Runs over an API made of a table, with failures where a test wants them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use futures::executor::block_on;
use seedbed_sdk::{GraphqlAnswer, Pager, RecordsError, Request, Response};

use super::*;
use crate::source::Unit;

const NOW: u64 = 1_800_000_000;

/// A host that keeps rows and state, and has no GitHub: the table is asked instead.
#[derive(Default)]
struct Desk {
    /// Pull requests by id, as they were last emitted.
    rows: RefCell<BTreeMap<i64, String>>,
    staged: RefCell<Vec<(i64, String)>>,
    state: RefCell<Option<String>>,
    log: RefCell<Vec<String>>,
}

struct NoPager;

impl Pager for NoPager {
    async fn next(&self) -> Result<Option<Response>, Error> {
        Ok(None)
    }
    fn position(&self) -> Option<String> {
        None
    }
}

impl Host for Desk {
    type Pager = NoPager;

    async fn get(&self, _: Request) -> Result<Response, Error> {
        Err(Error::Other("no network".into()))
    }
    fn pager(&self, _: Request, _: Option<&str>) -> NoPager {
        NoPager
    }
    async fn graphql(&self, _: &str, _: &str) -> Result<GraphqlAnswer, Error> {
        Err(Error::Other("no network".into()))
    }
    async fn emit(&self, stream: &str, rows: Vec<String>) -> Result<(), RecordsError> {
        if stream == "pull_requests" {
            for row in rows {
                let id = serde_json::from_str::<rows::PullRequest>(&row).unwrap().id;
                self.staged.borrow_mut().push((id, row));
            }
        }
        Ok(())
    }
    async fn replace(&self, _: &str, _: &str, _: Vec<String>) -> Result<(), RecordsError> {
        Ok(())
    }
    async fn checkpoint(&self, state: &str) -> Result<(), RecordsError> {
        self.rows.borrow_mut().extend(self.staged.take());
        *self.state.borrow_mut() = Some(state.to_owned());
        Ok(())
    }
    fn resume(&self) -> Option<String> {
        self.state.borrow().clone()
    }
    fn progress(&self, _: &str, _: u64, _: Option<u64>) {}
    fn log(&self, level: Level, message: &str) {
        self.log.borrow_mut().push(format!("{level:?}: {message}"));
    }
    fn now(&self) -> u64 {
        NOW
    }
}

/// Pull requests as an API would have them: number to age in days.
struct Table {
    ages: BTreeMap<i64, u64>,
    open: Vec<i64>,
    /// What reading a pull request answers, in turn; then it is well.
    failures: RefCell<BTreeMap<i64, Vec<Error>>>,
    /// What follows the first page of the list.
    list_fails: Option<Error>,
    reads: RefCell<Vec<i64>>,
    pages: Cell<usize>,
}

impl Table {
    fn of(count: i64) -> Self {
        Self {
            ages: (1..=count).map(|number| (number, 10 + number as u64)).collect(),
            open: Vec::new(),
            failures: RefCell::default(),
            list_fails: None,
            reads: RefCell::default(),
            pages: Cell::new(0),
        }
    }

    fn failing(self, number: i64, with: &[Error]) -> Self {
        self.failures.borrow_mut().insert(number, with.to_vec());
        self
    }

    fn unit(&self, number: i64) -> Unit {
        let at = Time::from_unix(NOW - self.ages[&number] * DAY);
        let state = if self.open.contains(&number) { "open" } else { "closed" };
        let row = rows::PullRequest {
            id: number + 1_000,
            repository: "a/b".into(),
            number,
            title: String::new(),
            body: None,
            state: state.into(),
            draft: false,
            created_at: at.clone(),
            updated_at: at,
            closed_at: None,
            merged_at: None,
            author_id: None,
            author_login: None,
            merged_by_login: None,
            base_ref: String::new(),
            head_ref: String::new(),
            base_sha: String::new(),
            head_sha: String::new(),
            merge_commit_sha: None,
            additions: 0,
            deletions: 0,
            changed_files: 0,
            commits: 0,
            labels: Vec::new(),
            assignees: Vec::new(),
            requested_reviewers: Vec::new(),
        };
        Unit { pull_request: Some(row), ..Unit::default() }
    }
}

struct TableList<'a>(&'a Table, std::vec::IntoIter<Vec<Listed>>);

impl List for TableList<'_> {
    async fn next(&mut self) -> Result<Option<Page>, Error> {
        self.0.pages.set(self.0.pages.get() + 1);
        match &self.0.list_fails {
            Some(error) if self.0.pages.get() > 1 => Err(error.clone()),
            _ => Ok(self.1.next().map(|items| Page { items, total: Some(self.0.ages.len() as u64) })),
        }
    }
}

impl Source for &Table {
    type List<'a>
        = TableList<'a>
    where
        Self: 'a;
    const TOGETHER: usize = 2;
    const AT_ONCE: usize = 2;

    async fn repository(&mut self) -> Result<rows::Repository, Error> {
        Ok(rows::Repository {
            id: 1,
            full_name: "a/b".into(),
            default_branch: None,
            language: None,
            private: false,
            created_at: Time::from_unix(0),
            pushed_at: None,
        })
    }

    fn list(&self, page: u32) -> TableList<'_> {
        let mut items: Vec<(i64, u64)> = self.ages.iter().map(|(number, age)| (*number, *age)).collect();
        items.sort_by_key(|(_, age)| *age);
        let listed: Vec<Listed> = items
            .into_iter()
            .map(|(number, age)| Listed {
                id: number + 1_000,
                number,
                updated_at: Time::from_unix(NOW - age * DAY),
                head_sha: None,
            })
            .collect();
        let pages: Vec<Vec<Listed>> = listed.chunks((page / 10) as usize).map(<[Listed]>::to_vec).collect();
        TableList(self, pages.into_iter())
    }

    async fn read(&self, these: &[Listed]) -> Vec<Result<Unit, Error>> {
        let one = |listed: &Listed| {
            self.reads.borrow_mut().push(listed.number);
            let mut failures = self.failures.borrow_mut();
            match failures.get_mut(&listed.number).filter(|failures| !failures.is_empty()) {
                Some(failures) => Err(failures.remove(0)),
                None => Ok(self.unit(listed.number)),
            }
        };
        these.iter().map(one).collect()
    }
}

fn wanted(more: &str) -> Wanted {
    let params: Params = serde_json::from_str(&format!(r#"{{"repo": "a/b"{more}}}"#)).unwrap();
    Wanted::of(&params).unwrap()
}

fn run_all(desk: &Desk, table: &Table) -> Result<Outcome, String> {
    block_on(seed(desk, table, &wanted("")))
}

fn gaps(outcome: Result<Outcome, String>) -> Vec<Gap> {
    match outcome.unwrap() {
        Outcome::Complete => Vec::new(),
        Outcome::Partial(gaps) => gaps,
    }
}

fn unavailable() -> Error {
    Error::Unavailable("502".into())
}

fn exhausted() -> Error {
    Error::Exhausted { bucket: "graphql".into(), retry_at: NOW + 60 }
}

#[test]
fn what_fails_once_is_tried_again_and_then_nothing_is_missing() {
    let (desk, table) = (Desk::default(), Table::of(25).failing(7, &[unavailable()]));
    assert_eq!(run_all(&desk, &table), Ok(Outcome::Complete));
    assert_eq!(desk.rows.borrow().len(), 25);
    assert_eq!(table.reads.borrow().iter().filter(|number| **number == 7).count(), 2);
}

#[test]
fn what_fails_twice_is_a_gap_and_due_in_the_next_run() {
    let (desk, table) = (Desk::default(), Table::of(25).failing(7, &[unavailable(), unavailable()]));
    let missing = gaps(run_all(&desk, &table));
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].what, "pull request #7");
    assert_eq!(desk.rows.borrow().len(), 24);

    table.reads.borrow_mut().clear();
    assert_eq!(run_all(&desk, &table), Ok(Outcome::Complete));
    assert_eq!(desk.rows.borrow().len(), 25);
    assert_eq!(*table.reads.borrow(), [7], "nothing else is read again");
}

#[test]
fn what_is_gone_is_told_once() {
    let gone = Error::Absent { status: 404, message: "Not Found".into() };
    let (desk, table) = (Desk::default(), Table::of(5).failing(3, &[gone.clone(), gone]));
    assert_eq!(gaps(run_all(&desk, &table)).len(), 1);
    assert_eq!(run_all(&desk, &table), Ok(Outcome::Complete));
}

#[test]
fn when_the_quota_ends_what_came_whole_is_kept_and_the_gap_says_when_to_return() {
    let (desk, table) = (Desk::default(), Table::of(25).failing(4, &[exhausted()]));
    let missing = gaps(run_all(&desk, &table));
    assert_eq!(missing.last().and_then(|gap| gap.retry_at), Some(NOW + 60));
    // 3 came with it and 5 and 6 were under way.
    assert_eq!(desk.rows.borrow().keys().copied().collect::<Vec<_>>(), [1001, 1002, 1003, 1005, 1006]);

    table.reads.borrow_mut().clear();
    assert_eq!(run_all(&desk, &table), Ok(Outcome::Complete));
    assert_eq!(desk.rows.borrow().len(), 25);
    let mut reads = table.reads.borrow().clone();
    reads.sort_unstable();
    assert_eq!(
        reads,
        [&[4][..], &(7..=25).collect::<Vec<_>>()].concat(),
        "each once, and none of those it had"
    );
}

#[test]
fn a_list_that_breaks_off_leaves_what_was_read_and_the_next_run_goes_on_below() {
    let (desk, mut table) = (Desk::default(), Table::of(25));
    table.list_fails = Some(unavailable());
    assert!(gaps(run_all(&desk, &table))[0].what.contains("the rest of the list"));
    assert_eq!(desk.rows.borrow().len(), 10);

    table.list_fails = None;
    table.reads.borrow_mut().clear();
    assert_eq!(run_all(&desk, &table), Ok(Outcome::Complete));
    assert_eq!(*table.reads.borrow(), (11..=25).collect::<Vec<_>>());
}

#[test]
fn when_nothing_comes_any_more_the_run_does_not_go_on_failing() {
    let mut table = Table::of(100);
    for number in 11..=100 {
        table = table.failing(number, &[unavailable()]);
    }
    let desk = Desk::default();
    assert!(!gaps(run_all(&desk, &table)).is_empty());
    assert!(table.reads.borrow().len() < 30, "{} were tried", table.reads.borrow().len());
    assert_eq!(desk.rows.borrow().len(), 10);
}

#[test]
fn a_request_that_is_not_granted_fails_the_run() {
    let (desk, table) = (Desk::default(), Table::of(5).failing(2, &[Error::NotGranted("c/d".into())]));
    assert_eq!(run_all(&desk, &table), Err("#2: not granted: c/d".to_owned()));
}

#[test]
fn open_and_young_pull_requests_are_read_again_by_each_run() {
    let (desk, mut table) = (Desk::default(), Table::of(25));
    table.open = vec![20];
    table.ages.insert(1, 3);
    assert_eq!(run_all(&desk, &table), Ok(Outcome::Complete));
    table.reads.borrow_mut().clear();
    table.open.clear();
    assert_eq!(run_all(&desk, &table), Ok(Outcome::Complete));
    assert_eq!(*table.reads.borrow(), [1, 20]);
    table.reads.borrow_mut().clear();
    assert_eq!(run_all(&desk, &table), Ok(Outcome::Complete));
    assert_eq!(*table.reads.borrow(), [1], "20 was closed meanwhile and is old");
}

#[test]
fn days_and_number_bound_the_walk() {
    let read = |more: &str| {
        let (desk, table) = (Desk::default(), Table::of(25));
        assert_eq!(block_on(seed(&desk, &table, &wanted(more))), Ok(Outcome::Complete));
        desk.rows.borrow().len()
    };
    assert_eq!(read(r#", "max_prs": 12"#), 12);
    assert_eq!(read(r#", "days_back": 15"#), 5);
    assert_eq!(read(r#", "days_back": 365"#), 25);
}

#[test]
fn a_state_that_cannot_be_used_is_told_and_set_aside() {
    let (desk, table) = (Desk::default(), Table::of(3));
    for state in ["", "{}", "nonsense", r#"{"version": 99}"#] {
        *desk.state.borrow_mut() = Some(state.to_owned());
        table.reads.borrow_mut().clear();
        assert_eq!(run_all(&desk, &table), Ok(Outcome::Complete));
        assert_eq!(table.reads.borrow().len(), 3, "{state}");
        assert!(desk.log.take().iter().any(|line| line.starts_with("Warn: the checkpoint")), "{state}");
    }
    // Another question starts over too.
    table.reads.borrow_mut().clear();
    assert_eq!(block_on(seed(&desk, &table, &wanted(r#", "max_prs": 2"#))), Ok(Outcome::Complete));
    assert_eq!(table.reads.borrow().len(), 2);
}
