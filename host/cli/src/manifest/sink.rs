//! `[sink]`: where the rows go.

use std::ops::Range;
use std::path::Path;

use seedbed_records::SinkSpec;

use super::reading::Section;
use crate::paths;

/// The types there are.
const TYPES: &[&str] = &["sqlite", "jsonl"];

/// A destination, and where the manifest says so.
#[derive(Debug, Clone)]
pub(crate) struct Sink {
    /// The destination, its path resolved.
    pub(crate) spec: SinkSpec,
    /// The type, as written.
    pub(crate) kind: &'static str,
    /// Where its path stands in the manifest.
    pub(crate) at: Range<usize>,
}

impl Sink {
    /// Paths are relative to `folder`. `None` if something in it is wrong, which has then been told.
    pub(super) fn read(section: Section<'_, '_>, folder: &Path) -> Option<Self> {
        let reading = section.reading();
        let kind = section.string("type");
        let path = section.string("path");
        if kind.is_none() {
            section.missing("type", "type = \"sqlite\"");
        }
        if path.is_none() {
            section.missing("path", "path = \"../out/rows.db\"");
        }
        section.finish();
        let (kind, path) = (kind?, path?);
        let Some(known) = TYPES.iter().find(|name| *name == kind.get_ref()) else {
            let message = format!("unknown sink type {:?}", kind.get_ref());
            reading.wrong(
                reading.problem(kind.span(), message).label("not known").suggest(kind.get_ref(), TYPES),
            );
            return None;
        };
        if path.get_ref().is_empty() {
            reading.wrong(reading.problem(path.span(), "`sink.path` is empty"));
            return None;
        }
        let resolved = paths::within(folder, path.get_ref());
        let spec = match *known {
            "sqlite" => SinkSpec::Sqlite { path: resolved },
            _ => SinkSpec::Jsonl { path: resolved },
        };
        Some(Self { spec, kind: known, at: path.span() })
    }
}
