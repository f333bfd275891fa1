//! The headers that tell quota and time.
use super::{Api, Reading};
use crate::time::Timestamp;
use http::HeaderMap;
pub(super) fn of(_headers: &HeaderMap, _api: Api) -> Option<Reading> {
    todo!()
}
pub(super) fn server_time(_headers: &HeaderMap) -> Option<Timestamp> {
    todo!()
}
