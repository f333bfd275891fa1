//! The pages of a list, in order, read one ahead.

mod position;

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::address::Address;
use crate::client::fetch::Fetched;
use crate::client::task::Task;
use crate::error::Error;
use crate::lock::lock;
use crate::request::Response;
use crate::scoped::Scoped;
use position::Position;

/// The pages of one list. Cheap to clone; clones take pages from the same list.
#[derive(Clone)]
pub struct Pager(Arc<Inner>);

struct Inner {
    scoped: Scoped,
    first: Address,
    /// Held while a page is awaited: concurrent calls are served in the order in which they came.
    upcoming: Mutex<Upcoming>,
    position: std::sync::Mutex<Option<String>>,
}

struct Upcoming {
    page: Page,
    /// Pages given so far; from the second on one is read ahead.
    given: u64,
}

enum Page {
    /// To be asked for.
    At(Address),
    /// Being read ahead.
    Ahead(Address, Task<Arc<Fetched>>),
    /// There is none.
    End,
}

impl Pager {
    pub(crate) fn new(scoped: Scoped, first: Address, at: Option<&str>) -> Result<Self, Error> {
        let page = match at.map(|at| Position::read(at, &first)).transpose()? {
            None => Page::At(first.clone()),
            Some(Position::At(address)) => Page::At(address),
            Some(Position::End) => Page::End,
        };
        let position = std::sync::Mutex::new(at.map(str::to_owned));
        let upcoming = Mutex::new(Upcoming { page, given: 0 });
        Ok(Self(Arc::new(Inner { scoped, first, upcoming, position })))
    }

    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// See [`Error`]. After one, the next call asks for the same page again.
    ///
    /// # Cancellation
    /// Nothing is lost: the next call gives the page that this one would have given.
    pub async fn next(&self) -> Result<Option<Response>, Error> {
        let inner = &*self.0;
        let mut upcoming = inner.upcoming.lock().await;
        let (address, result) = match &mut upcoming.page {
            Page::End => return Ok(None),
            Page::At(address) => (address.clone(), inner.scoped.ask(address).await),
            Page::Ahead(address, task) => {
                let was_finished = task.is_finished();
                let mut result = task.await;
                let address = address.clone();
                // The task is spent; from here on the page is simply the next one to ask for.
                upcoming.page = Page::At(address.clone());
                if was_finished && result.is_err() {
                    // An error from before anybody asked is no answer.
                    result = inner.scoped.ask(&address).await;
                }
                (address, result)
            }
        };
        let result = result.and_then(|fetched| {
            let next = fetched.next.clone().map_err(|why| Error::Rejected {
                status: fetched.response.status,
                message: format!("the link to the next page was not followed: {why}"),
            })?;
            Ok((fetched.response.clone(), next))
        });
        inner.scoped.note(&address, &result);
        let (response, next) = result?;
        upcoming.given += 1;
        *lock(&inner.position) = Some(Position::after(next.as_ref(), &inner.first));
        upcoming.page = match next {
            None => Page::End,
            Some(next) if upcoming.given >= 2 => Page::Ahead(next.clone(), inner.read_ahead(next)),
            Some(next) => Page::At(next),
        };
        Ok(Some(response))
    }

    /// Where the list goes on after the last page that [`Pager::next`] gave, for a later pager of the same request;
    /// `None` at the beginning.
    pub fn position(&self) -> Option<String> {
        lock(&self.0.position).clone()
    }
}

impl Inner {
    fn read_ahead(&self, address: Address) -> Task<Arc<Fetched>> {
        let scoped = self.scoped.clone();
        Task::spawn(async move { scoped.ask(&address).await })
    }
}
