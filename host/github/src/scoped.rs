//! The only door for a job: its grants are checked, its budget is kept, its gaps are noted.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::account::{Account, Budget, Usage};
use crate::address::Address;
use crate::client::Client;
use crate::client::fetch::Fetched;
use crate::client::flights::Scope;
use crate::document::Document;
use crate::error::Error;
use crate::grants::Grants;
use crate::grants::granted::Granted;
use crate::pager::Pager;
use crate::request::{GraphqlAnswer, Request, Response};

/// GitHub as far as one job may see it. Cheap to clone; clones share grants, budget and usage.
#[derive(Clone)]
pub struct Scoped {
    client: Client,
    scope: Scope,
    granted: Arc<Granted>,
    account: Arc<Account>,
    under_way: Arc<Semaphore>,
}

impl Scoped {
    pub(crate) fn new(client: Client, scope: Scope, grants: Grants, budget: Budget) -> Self {
        let under_way = Arc::new(Semaphore::new(budget.in_flight.clamp(1, Semaphore::MAX_PERMITS)));
        let (granted, account) = (Arc::new(Granted::new(grants)), Arc::new(Account::new(budget)));
        Self { client, scope, granted, account, under_way }
    }

    /// The view of one of the job's tasks: the same grants and what they taught, the same budget, but its own usage and
    /// its own requests under way.
    #[must_use]
    pub fn task(&self) -> Self {
        let under_way =
            Arc::new(Semaphore::new(self.account.budget().in_flight.clamp(1, Semaphore::MAX_PERMITS)));
        Self { account: Arc::new(Account::part_of(&self.account)), under_way, ..self.clone() }
    }

    /// Asks for one REST resource.
    ///
    /// # Errors
    /// See [`Error`].
    ///
    /// # Cancellation
    /// Dropping the future gives the request up, unless somebody else waits for the same one.
    pub async fn get(&self, request: Request) -> Result<Response, Error> {
        let address = Address::of(&request)?;
        self.granted.check(&address.path)?;
        let fetched = self.ask(&address).await;
        self.note(&address, &fetched);
        Ok(fetched?.response.clone())
    }

    /// The pages of a list; `at` is an earlier pager's position, to go on from there. Sends nothing yet.
    ///
    /// # Errors
    /// If the request makes no sense or is not granted, or `at` does not belong to it.
    pub fn pager(&self, first: Request, at: Option<&str>) -> Result<Pager, Error> {
        let address = Address::of(&first)?;
        self.granted.check(&address.path)?;
        Pager::new(self.clone(), address, at)
    }

    /// Sends a GraphQL query; `variables` is a JSON object.
    ///
    /// # Errors
    /// See [`Error`]. Errors that GitHub tells beside data are no error here.
    ///
    /// # Cancellation
    /// Dropping the future gives the query up; its points may be spent.
    pub async fn graphql(&self, query: &str, variables: &str) -> Result<GraphqlAnswer, Error> {
        let document = Document::parse(query, variables)?;
        let repositories = self.granted.check_query(&document)?;
        let label = label(&document, query, variables);
        let sent = async {
            let _permit = self.permit().await?;
            self.client.query(document, repositories, &self.account).await
        };
        let answer = self.client.unless_stopped(sent).await;
        self.account.note(&label, &answer);
        answer
    }

    /// What the job has spent so far, and what it was left without.
    pub fn usage(&self) -> Usage {
        self.account.usage()
    }

    /// Fetches a granted address, alone or together with others who ask for the same.
    pub(crate) async fn ask(&self, address: &Address) -> Result<Arc<Fetched>, Error> {
        let asked = async {
            let _permit = self.permit().await?;
            let (flight, begun_by) = self.client.fly(address, self.scope, &self.granted, &self.account);
            let result = flight.await;
            match begun_by {
                Some(other) if other != self.scope => self.as_ours(address, result).await,
                _ => result,
            }
        };
        self.client.unless_stopped(asked).await
    }

    /// The result of another job's flight, seen by our own grants, budget and patience.
    async fn as_ours(
        &self,
        address: &Address,
        result: Result<Arc<Fetched>, Error>,
    ) -> Result<Arc<Fetched>, Error> {
        match result {
            Ok(fetched) => {
                fetched.facts.iter().for_each(|fact| self.granted.learn(fact));
                self.granted.check(&fetched.landed)?;
                Ok(fetched)
            }
            // These are about what the other job may spend and see.
            Err(
                Error::OverBudget(_) | Error::Exhausted { .. } | Error::Rejected { status: 300..400, .. },
            ) => self.client.fly_alone(address, &self.granted, &self.account).await,
            Err(error) => Err(error),
        }
    }

    /// Notes what the job is handed for `address`.
    pub(crate) fn note<T>(&self, address: &Address, result: &Result<T, Error>) {
        self.account.note(&address.label(), result);
    }

    async fn permit(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Error> {
        self.under_way.acquire().await.map_err(|_| Error::stopped())
    }
}

/// How a query is called in a report: its name, and a short hash that tells its variables apart.
fn label(document: &Document, query: &str, variables: &str) -> String {
    let hash = Sha256::new().chain_update(query).chain_update([0]).chain_update(variables).finalize();
    format!("query {} ({})", document.name().unwrap_or("without a name"), hex::encode(&hash[..4]))
}
