//! From a manifest to its tasks: one for each combination of the matrix, its parameters checked against the plugin's
//! own schema.

mod check;
mod overrides;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::manifest::{Manifest, Problem};

pub(crate) use overrides::Override;

use check::Checker;

/// A matrix that gives more tasks than this is a slip.
const MOST_TASKS: usize = 100_000;

/// One task to run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TaskPlan {
    /// Names the task among the job's, in the sink too: its row of the matrix as canonical JSON.
    pub(crate) key: String,
    /// Its row of the matrix as people read it: `antiwork/gumroad`.
    pub(crate) label: String,
    /// All of its parameters: those of the manifest and its row of the matrix.
    pub(crate) params: Map<String, Value>,
}

impl TaskPlan {
    /// The task's name among those of several jobs.
    pub(crate) fn named(&self, job: &str) -> String {
        if self.label.is_empty() { job.to_owned() } else { format!("{job} {}", self.label) }
    }
}

/// The tasks of a job.
///
/// # Errors
/// Every parameter that the plugin's `schema` refuses, told at its place in the manifest.
pub(crate) fn tasks(
    manifest: &Manifest,
    overrides: &[Override],
    schema: &Value,
) -> Result<Vec<TaskPlan>, Vec<Problem>> {
    let checker = Checker::new(manifest, overrides, schema)?;
    let mut common = manifest.params.values.clone();
    // A parameter from the command line takes the place of a whole axis.
    let mut axes: Vec<(&str, Vec<Value>)> = Vec::new();
    let mut given: BTreeMap<&str, Value> = overrides
        .iter()
        .map(|given| (given.key.as_str(), overrides::typed(&given.text, &given.key, checker.schema())))
        .collect();
    for axis in &manifest.matrix {
        let key = axis.key.get_ref().as_str();
        let values = match given.remove(key) {
            Some(value) => vec![value],
            None => axis.values.iter().map(|value| value.get_ref().clone()).collect(),
        };
        axes.push((key, values));
    }
    common.extend(given.into_iter().map(|(key, value)| (key.to_owned(), value)));

    let count = axes.iter().map(|(_, values)| values.len()).try_fold(1_usize, usize::checked_mul);
    if count.is_none_or(|count| count > MOST_TASKS) {
        let at = manifest.matrix.first().map_or(0..0, |axis| axis.key.span());
        return Err(vec![manifest.problem(at, format!("the matrix gives more than {MOST_TASKS} tasks"))]);
    }
    let tasks: Vec<TaskPlan> = rows(&axes).into_iter().map(|row| task(row, &common)).collect();
    let mut problems: Vec<Problem> = Vec::new();
    for task in &tasks {
        for problem in checker.problems(&task.params) {
            // What all tasks share is wrong once.
            if !problems.iter().any(|told| told.to_string() == problem.to_string()) {
                problems.push(problem);
            }
        }
    }
    if problems.is_empty() { Ok(tasks) } else { Err(problems) }
}

/// Every combination, the last axis turning fastest.
fn rows<'a>(axes: &[(&'a str, Vec<Value>)]) -> Vec<Vec<(&'a str, Value)>> {
    let mut rows = vec![Vec::new()];
    for (key, values) in axes {
        rows = rows
            .iter()
            .flat_map(|row| {
                values.iter().map(|value| {
                    let mut longer = row.clone();
                    longer.push((*key, value.clone()));
                    longer
                })
            })
            .collect();
    }
    rows
}

fn task(row: Vec<(&str, Value)>, common: &Map<String, Value>) -> TaskPlan {
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let label = row.iter().map(|(_, value)| shown(value)).collect::<Vec<_>>().join(" ");
    // Values of a matrix are no objects, so sorted keys are all that canonical JSON needs.
    let sorted: BTreeMap<&str, &Value> = row.iter().map(|(key, value)| (*key, value)).collect();
    let key = serde_json::to_string(&sorted).unwrap_or_default();
    let mut params = common.clone();
    params.extend(row.into_iter().map(|(key, value)| (key.to_owned(), value)));
    TaskPlan { key, label, params }
}

#[cfg(test)]
mod tests;
