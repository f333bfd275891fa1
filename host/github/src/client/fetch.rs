//! One REST request with its redirects, and what its answer teaches about ids and pages.

use super::Inner;
use super::exchange::Answered;
use super::transport::Message;
use crate::account::Account;
use crate::address::Address;
use crate::error::Error;
use crate::grants::granted::Granted;
use crate::grants::learnt::{Fact, Step, described, linked, redirected};
use crate::grants::rest::{Place, RestPath};
use crate::pool::Want;
use crate::redact::redact;
use crate::request::Response;
use crate::resource::Resource;

/// An answer, and what it says besides.
pub(crate) struct Fetched {
    pub(crate) response: Response,
    /// The next page; a text if the answer names one that can't be gone to.
    pub(crate) next: Result<Option<Address>, String>,
    /// Where the answer came from in the end.
    pub(crate) landed: RestPath,
    /// What was learnt on the way, by the grants of whoever began the flight.
    pub(crate) facts: Vec<Fact>,
}

/// Redirects that are followed in a row.
const MOST_REDIRECTS: usize = 5;

/// One request on its way.
pub(super) struct Fetch<'a> {
    pub(super) inner: &'a Inner,
    pub(super) granted: &'a Granted,
    pub(super) account: &'a Account,
}

impl Fetch<'_> {
    /// Fetches `address`, which is granted. Redirects are followed if they are, too.
    pub(super) async fn run(&self, address: &Address) -> Result<Fetched, Error> {
        let about = address.path.repository();
        let (mut here, mut facts) = (address.clone(), Vec::new());
        for _ in 0..=MOST_REDIRECTS {
            let answered = self.exchange(&here, about.as_deref()).await?;
            let Some(location) = &answered.moved else {
                return Ok(self.read(&here, answered, facts));
            };
            here = self.follow(&here, answered.status, location.as_deref(), &mut facts).await?;
        }
        Err(Error::Rejected {
            status: 301,
            message: format!("more than {MOST_REDIRECTS} redirects in a row"),
        })
    }

    async fn exchange(&self, address: &Address, about: Option<&str>) -> Result<Answered, Error> {
        let message =
            Message { url: address.url(&self.inner.endpoint)?, accept: address.accept.clone(), query: None };
        let mut want = Want::new(Resource::of_path(&address.path.to_string()));
        want.repository = address.path.repository().or_else(|| about.map(str::to_owned));
        want.topic = address.path.topic();
        self.inner.exchange(&message, want, self.account).await
    }

    /// Where a redirect leads, if it may be followed.
    async fn follow(
        &self,
        here: &Address,
        status: u16,
        location: Option<&str>,
        facts: &mut Vec<Fact>,
    ) -> Result<Address, Error> {
        let refused =
            |why: &str| Error::Rejected { status, message: format!("a redirect was not followed: {why}") };
        let location = location.ok_or_else(|| refused("it names no target"))?;
        if !matches!(status, 301 | 302 | 307 | 308) {
            return Err(refused("it is of an unusual kind"));
        }
        let mut target = here.leading_to(location, &self.inner.endpoint).map_err(|why| refused(&why))?;
        if target.encoded_query().is_none() && here.path.is_alike(&target.path) {
            // Losing `state=all` on the way would turn into missing rows.
            target = here.at(target.path);
        }
        if self.granted.check(&target.path).is_err() {
            let fact = match redirected(&here.path, &target.path) {
                Step::Teaches(fact) => Some(fact),
                Step::NeedsProof { id } => {
                    (self.id_of(&here.path).await? == Some(id)).then_some(Fact::Id(id))
                }
                Step::Leads => None,
            };
            if let Some(fact) = fact {
                self.learn(fact, facts);
            }
            self.granted
                .check(&target.path)
                .map_err(|_| refused("it leads to something that is not granted"))?;
        }
        Ok(target)
    }

    /// The id that GitHub gives for the repository which `path` names.
    async fn id_of(&self, path: &RestPath) -> Result<Option<u64>, Error> {
        let Place::Named { owner, name, .. } = path.place() else { return Ok(None) };
        let repository = Address::of_repository(owner, name)?;
        let answered = self.exchange(&repository, None).await?;
        let Some(location) = &answered.moved else {
            return Ok(described(&answered.body).map(|(id, _)| id));
        };
        let target = location.as_deref().and_then(|to| repository.leading_to(to, &self.inner.endpoint).ok());
        Ok(target.and_then(|target| match target.path.place() {
            Place::Numbered { id, below: [] } => Some(id),
            _ => None,
        }))
    }

    /// Takes the answer apart.
    fn read(&self, here: &Address, answered: Answered, mut facts: Vec<Fact>) -> Fetched {
        let is_repository =
            matches!(here.path.place(), Place::Named { below: [], .. } | Place::Numbered { below: [], .. });
        if is_repository
            && here.accept.promises_json()
            && let Some((id, name)) = described(&answered.body)
        {
            self.learn(Fact::Id(id), &mut facts);
            self.learn(Fact::Name(name), &mut facts);
        }
        let next = match crate::link::next(&answered.headers) {
            Some(target) => self.next(here, &target, &mut facts).map(Some),
            None => Ok(None),
        };
        let body = if here.accept.promises_json() { redact(&answered.body) } else { answered.body };
        let response = Response { status: answered.status, body, unchanged: false };
        Fetched { response, next, landed: here.path.clone(), facts }
    }

    /// The address of the next page, if it is one of the same list.
    fn next(&self, here: &Address, target: &str, facts: &mut Vec<Fact>) -> Result<Address, String> {
        let next = here.leading_to(target, &self.inner.endpoint)?;
        if !here.path.is_alike(&next.path) {
            return Err("it leads to another list".to_owned());
        }
        if self.granted.check(&next.path).is_err() {
            if let Step::Teaches(fact) = linked(&here.path, &next.path) {
                self.learn(fact, facts);
            }
            self.granted.check(&next.path).map_err(|_| "it leads to something that is not granted")?;
        }
        Ok(next)
    }

    fn learn(&self, fact: Fact, facts: &mut Vec<Fact>) {
        self.granted.learn(&fact);
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    }
}
