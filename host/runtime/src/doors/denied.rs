//! Doors that are shut: for `describe`, and for jobs that were not given one.

use std::sync::Arc;

use futures::future::{self, BoxFuture};
use seedbed_github::{Error, GraphqlAnswer, Request, Response};
use seedbed_records::Error as RowError;

use super::{GitHub, Pager, Records};

/// Says no to everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Denied;

const WHY: &str = "this sandbox may not ask GitHub for anything";

impl GitHub for Denied {
    fn get(&self, _: Request) -> BoxFuture<'static, Result<Response, Error>> {
        Box::pin(future::ready(Err(Error::NotGranted(WHY.to_owned()))))
    }

    fn pager(&self, _: Request, _: Option<String>) -> Result<Arc<dyn Pager>, Error> {
        Err(Error::NotGranted(WHY.to_owned()))
    }

    fn graphql(&self, _: String, _: String) -> BoxFuture<'static, Result<GraphqlAnswer, Error>> {
        Box::pin(future::ready(Err(Error::NotGranted(WHY.to_owned()))))
    }
}

fn no_rows() -> BoxFuture<'static, Result<(), RowError>> {
    Box::pin(future::ready(Err(RowError::Failed("this sandbox takes no rows".to_owned()))))
}

impl Records for Denied {
    fn emit(&self, _: String, _: Vec<String>) -> BoxFuture<'static, Result<(), RowError>> {
        no_rows()
    }

    fn replace(&self, _: String, _: String, _: Vec<String>) -> BoxFuture<'static, Result<(), RowError>> {
        no_rows()
    }

    fn checkpoint(&self, _: String) -> BoxFuture<'static, Result<(), RowError>> {
        no_rows()
    }

    fn resume(&self) -> Option<String> {
        None
    }
}
