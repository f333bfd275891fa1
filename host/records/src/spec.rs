//! Where rows go, as a manifest says it, with paths already resolved.

use std::path::{Path, PathBuf};

/// One destination. More kinds will come, so matching needs a wildcard.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SinkSpec {
    /// A SQLite database: one typed table a stream.
    Sqlite {
        /// The database file.
        path: PathBuf,
    },
    /// A folder of change logs: one `<stream>.jsonl` a stream.
    Jsonl {
        /// The folder.
        path: PathBuf,
    },
}

impl SinkSpec {
    /// The file or folder rows end up in.
    pub fn path(&self) -> &Path {
        match self {
            SinkSpec::Sqlite { path } | SinkSpec::Jsonl { path } => path,
        }
    }
}
