//! `host build`: a plugin's folder to a component.

use crate::cli::Build;
use crate::exit::{Exit, Failure};
use crate::manifest::Problem;
use crate::prepare;

pub(super) fn run(args: &Build) -> Result<Exit, Failure> {
    if !args.folder.is_dir() {
        return Err(Problem::new(format!("{} is no folder of a plugin", args.folder.display())).into());
    }
    let component = prepare::built(&args.folder)?;
    super::print(&format!("{}\n", component.display()))?;
    Ok(Exit::Complete)
}
