//! Refusals.
use http::HeaderMap;
pub(super) fn partial_results(_headers: &HeaderMap) -> bool {
    todo!()
}
