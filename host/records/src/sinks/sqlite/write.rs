//! Rows into tables: one prepared statement a stream, used for all rows of a batch.

use std::collections::HashSet;

use rusqlite::{CachedStatement, Connection, ToSql, types::ToSqlOutput, types::ValueRef};

use super::{
    Failure,
    layout::{Table, quoted},
};
use crate::{Stream, cell::Cell, cell::timestamp_text, row::Scope, staging::Row};

/// Applies operations inside the caller's transaction.
pub(super) struct Writer<'c> {
    connection: &'c Connection,
    streams: &'c [Stream],
    tables: &'c [Table],
    upserts: Vec<Option<CachedStatement<'c>>>,
    /// Scopes, by stream and columns, that have their index.
    indexed: HashSet<(usize, Vec<usize>)>,
}

impl<'c> Writer<'c> {
    pub(super) fn new(connection: &'c Connection, streams: &'c [Stream], tables: &'c [Table]) -> Writer<'c> {
        let upserts = streams.iter().map(|_| None).collect();
        Writer { connection, streams, tables, upserts, indexed: HashSet::new() }
    }

    /// Inserts a row, or overwrites the one with its key.
    pub(super) fn upsert(&mut self, stream: usize, row: &Row<'_>) -> Result<(), Failure> {
        let cells = row.cells()?;
        let slot = &mut self.upserts[stream];
        let statement = match slot {
            Some(statement) => statement,
            None => {
                let sql = upsert_sql(&self.streams[stream], &self.tables[stream]);
                slot.insert(self.connection.prepare_cached(&sql)?)
            }
        };
        bind(statement, &cells)?;
        statement.raw_bind_parameter(cells.len() + 1, row.json)?;
        statement.raw_execute()?;
        Ok(())
    }

    /// Deletes the rows in a scope.
    pub(super) fn delete(&mut self, stream: usize, scope: &Scope<'_>) -> rusqlite::Result<()> {
        let shape = scope.shape();
        let names: Vec<&str> =
            shape.iter().map(|at| self.streams[stream].columns[*at].name.as_str()).collect();
        if !self.indexed.contains(&(stream, shape.clone())) {
            self.index(stream, &shape, &names)?;
            self.indexed.insert((stream, shape));
        }
        let mut sql = format!("DELETE FROM {}", quoted(&self.streams[stream].name));
        for (nth, name) in names.iter().enumerate() {
            sql.push_str(if nth == 0 { " WHERE " } else { " AND " });
            // `IS`, so that null finds null; it uses an index as `=` does.
            sql.push_str(&format!("{} IS ?{}", quoted(name), nth + 1));
        }
        let mut statement = self.connection.prepare_cached(&sql)?;
        bind(&mut statement, scope.columns.iter().map(|(_, cell)| cell))?;
        statement.raw_execute()?;
        Ok(())
    }

    /// Makes an index for a scope, unless the primary key begins with its columns.
    fn index(&self, stream: usize, shape: &[usize], names: &[&str]) -> rusqlite::Result<()> {
        // Key columns lead among the columns, so a scope over the first of them is 0, 1, ...
        let leads_key =
            shape.iter().copied().eq(0..shape.len()) && shape.len() <= self.streams[stream].key_columns();
        if leads_key {
            return Ok(());
        }
        let table = &self.streams[stream].name;
        let columns: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        let name = quoted(&format!("_seedbed.{table}.{}", names.join(".")));
        self.connection.execute_batch(&format!(
            "CREATE INDEX IF NOT EXISTS {name} ON {} ({})",
            quoted(table),
            columns.join(", ")
        ))
    }
}

fn upsert_sql(stream: &Stream, table: &Table) -> String {
    let columns: Vec<String> =
        stream.columns.iter().map(|c| quoted(&c.name)).chain([quoted("_json")]).collect();
    let places: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    let key = columns[..stream.key_columns()].join(", ");
    let mut sets: Vec<String> = columns
        .iter()
        .skip(stream.key_columns())
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    // A column that the schema lost would otherwise keep a value the row no longer has.
    sets.extend(table.retired(stream).map(|name| format!("{} = NULL", quoted(name))));
    format!(
        "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({key}) DO UPDATE SET {}",
        quoted(&stream.name),
        columns.join(", "),
        places.join(", "),
        sets.join(", ")
    )
}

fn bind<'a, 'c: 'a>(
    statement: &mut CachedStatement<'_>,
    cells: impl IntoIterator<Item = &'a Cell<'c>>,
) -> rusqlite::Result<()> {
    for (at, cell) in (1..).zip(cells) {
        statement.raw_bind_parameter(at, Bound(cell))?;
    }
    Ok(())
}

struct Bound<'a>(&'a Cell<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Cell::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Cell::Integer(v) => ToSqlOutput::Borrowed(ValueRef::Integer(*v)),
            Cell::Number(v) => ToSqlOutput::Borrowed(ValueRef::Real(*v)),
            Cell::Boolean(v) => ToSqlOutput::Borrowed(ValueRef::Integer((*v).into())),
            Cell::Text(v) | Cell::Json(v) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            Cell::Timestamp(v) => ToSqlOutput::from(timestamp_text(*v)),
        })
    }
}
