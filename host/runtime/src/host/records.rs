//! `records`: rows and checkpoints.

use std::sync::Arc;

use seedbed_records::Error;
use wasmtime::component::Accessor;

use super::{Answering, outside};
use crate::{bindings::seedbed::job::records as wit, sandbox::Inside};

/// What a `Vec` of strings costs beside the text.
const ROW_OVERHEAD: usize = size_of::<String>();

impl wit::Host for Inside {
    fn resume(&mut self) -> wasmtime::Result<Option<String>> {
        Ok(self.doors.records.resume())
    }
}

impl<T: Send + 'static> wit::HostWithStore<T> for Answering {
    async fn emit(
        accessor: &Accessor<T, Self>,
        stream: String,
        rows: Vec<String>,
    ) -> wasmtime::Result<Result<(), wit::Error>> {
        let (records, _call) = accessor.with(|mut access| -> wasmtime::Result<_> {
            let inside = access.get();
            let detail = format_args!("{stream} ({} rows)", rows.len());
            let call = inside.begin("records.emit", detail, size(&rows))?;
            Ok((Arc::clone(&inside.doors.records), call))
        })?;
        Ok(outside(records.emit(stream, rows)).await?.map_err(Into::into))
    }

    async fn replace(
        accessor: &Accessor<T, Self>,
        stream: String,
        scope: String,
        rows: Vec<String>,
    ) -> wasmtime::Result<Result<(), wit::Error>> {
        let (records, _call) = accessor.with(|mut access| -> wasmtime::Result<_> {
            let inside = access.get();
            let detail = format_args!("{stream} {scope} ({} rows)", rows.len());
            let call = inside.begin("records.replace", detail, scope.len() + size(&rows))?;
            Ok((Arc::clone(&inside.doors.records), call))
        })?;
        Ok(outside(records.replace(stream, scope, rows)).await?.map_err(Into::into))
    }

    async fn checkpoint(
        accessor: &Accessor<T, Self>,
        state: String,
    ) -> wasmtime::Result<Result<(), wit::Error>> {
        let (records, _call) = accessor.with(|mut access| -> wasmtime::Result<_> {
            let inside = access.get();
            let call =
                inside.begin("records.checkpoint", format_args!("({} bytes)", state.len()), state.len())?;
            Ok((Arc::clone(&inside.doors.records), call))
        })?;
        Ok(outside(records.checkpoint(state)).await?.map_err(Into::into))
    }
}

fn size(rows: &[String]) -> usize {
    rows.iter().map(|row| row.len() + ROW_OVERHEAD).sum()
}

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::UnknownStream(why) => Self::UnknownStream(why),
            Error::InvalidRow(why) => Self::InvalidRow(why),
            Error::Limit(why) => Self::Limit(why),
            Error::Failed(why) => Self::Failed(why),
        }
    }
}
