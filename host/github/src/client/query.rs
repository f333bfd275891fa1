//! One GraphQL query.

use std::collections::HashMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Inner;
use super::transport::Message;
use crate::account::Account;
use crate::document::Document;
use crate::error::Error;
use crate::media_type::MediaType;
use crate::pool::Want;
use crate::request::GraphqlAnswer;
use crate::resource::Resource;

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
}

impl Inner {
    /// Sends a query that has been checked; `repositories` are those it asks for.
    pub(super) async fn query(
        &self,
        document: &Document,
        repositories: &[String],
        account: &Account,
    ) -> Result<GraphqlAnswer, Error> {
        let mut want = Want::new(Resource::GRAPHQL);
        want.points = document.cost();
        want.topic = Some("graphql".to_owned());
        // Of several, each credential might see some; then the errors beside the data tell.
        if let [repository] = repositories {
            want.repository = Some(repository.clone());
        }
        let paid = u64::from(want.points);
        let message = Message {
            url: self.endpoint.graphql().clone(),
            accept: MediaType::of(None)?,
            query: Some(Bytes::from(document.to_json())),
        };
        let answered = self.exchange(&message, want, account).await?;
        let status = answered.status;
        let rejected = |what: &str| Error::Rejected { status, message: what.to_owned() };
        if answered.moved.is_some() {
            return Err(rejected("the GraphQL address redirects; it must be the final one"));
        }
        let text = std::str::from_utf8(&answered.body).map_err(|_| rejected("the answer is no UTF-8"))?;
        let body: Body<'_> =
            serde_json::from_str(text).map_err(|_| rejected("the answer is no JSON object"))?;
        let data = body.data.map_or("null", RawValue::get);
        if let Some(cost) = told_cost(document, data) {
            account.correct(paid, cost);
        }
        let errors = body.errors.map(RawValue::get).filter(|errors| errors.starts_with('[')).unwrap_or("[]");
        Ok(GraphqlAnswer { data: data.to_owned(), errors: errors.to_owned() })
    }
}

/// The cost that the answer tells, if the query asked for it.
fn told_cost(document: &Document, data: &str) -> Option<u64> {
    let (limit, cost) = document.cost_key()?;
    let fields: HashMap<&str, &RawValue> = serde_json::from_str(data).ok()?;
    let told: HashMap<String, serde_json::Value> =
        serde_json::from_str(fields.get(limit.as_str())?.get()).ok()?;
    told.get(&cost)?.as_u64()
}
