//! One job's grants together with what its answers taught: what is asked before anything is sent or followed.

use std::sync::Mutex;

use super::learnt::{Fact, Learnt};
use super::rest::RestPath;
use super::{Grants, graphql, rest};
use crate::document::Document;
use crate::error::Error;
use crate::lock::lock;

/// See the module.
pub(crate) struct Granted {
    grants: Grants,
    learnt: Mutex<Learnt>,
}

impl Granted {
    pub(crate) fn new(grants: Grants) -> Self {
        Self { grants, learnt: Mutex::default() }
    }

    /// Whether `path` may be read.
    pub(crate) fn check(&self, path: &RestPath) -> Result<(), Error> {
        rest::check(path, &self.grants, &lock(&self.learnt)).map_err(Error::NotGranted)
    }

    /// The repositories that a query asks for, if it may be sent.
    pub(crate) fn check_query(&self, document: &Document) -> Result<Vec<String>, Error> {
        graphql::check(document, &self.grants, &lock(&self.learnt))
    }

    pub(crate) fn learn(&self, fact: &Fact) {
        lock(&self.learnt).learn(fact);
    }
}
