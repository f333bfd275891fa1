//! How the program ends: exit codes, and the errors that lead to them.

use std::process::ExitCode;

use crate::manifest::Problem;

/// The outcome of a command, from the best to the worst; of several jobs the worst counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// All that was asked for is there.
    Complete,
    /// Some is missing and the next run goes on: `EX_TEMPFAIL` of sysexits.h.
    Partial,
    /// It went wrong.
    Failed,
    /// The manifest or the command line is wrong: nothing was done.
    Wrong,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Complete => 0,
            Self::Partial => 75,
            Self::Failed => 1,
            Self::Wrong => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command could not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What the user wrote is wrong: exit 2.
    Wrong(Vec<Problem>),
    /// It went wrong: exit 1.
    Failed(anyhow::Error),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Wrong(vec![problem])
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Wrong(problems)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl Failure {
    /// Prints it to stderr, and says how the program should end.
    pub(crate) fn report(self) -> Exit {
        match self {
            Self::Wrong(problems) => {
                for problem in problems {
                    crate::terminal::say(format_args!("{:?}", miette::Report::new(problem)));
                }
                Exit::Wrong
            }
            Self::Failed(error) => {
                crate::terminal::say(format_args!("error: {}", told(&error)));
                Exit::Failed
            }
        }
    }
}

/// An error and its causes, each on a line of its own.
fn told(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    let causes: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
    for (number, cause) in causes.iter().enumerate() {
        match causes.len() {
            1 => text.push_str(&format!("\n  because {cause}")),
            _ => text.push_str(&format!("\n  {}: {cause}", number + 1)),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn of_several_outcomes_the_worst_counts() {
        let worst = [Exit::Partial, Exit::Complete, Exit::Failed].into_iter().max();
        assert_eq!(worst.map(Exit::code), Some(1));
        assert_eq!(Exit::Wrong.max(Exit::Failed).code(), 2);
        assert_eq!(Exit::Complete.max(Exit::Partial).code(), 75);
    }

    #[test]
    fn causes_are_numbered_when_there_are_several() {
        let one = anyhow::anyhow!("disk full").context("can't write the receipt");
        assert_eq!(told(&one), "can't write the receipt\n  because disk full");
        let two = Err::<(), _>(one).context("the run ended").unwrap_err();
        assert_eq!(told(&two), "the run ended\n  1: can't write the receipt\n  2: disk full");
    }
}
