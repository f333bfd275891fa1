//! `host inspect`: what a component can ask for. None of its code is run.

use serde_json::json;

use crate::cli::Inspect;
use crate::exit::{Exit, Failure};
use crate::manifest::Problem;
use crate::manifest::unit::bytes_shown;
use crate::prepare;

pub(super) fn run(args: &Inspect) -> Result<Exit, Failure> {
    let shown = args.component.display();
    let plugin = prepare::sandboxes()?
        .load(&args.component)
        .map_err(|error| Problem::new(format!("can't use the component {shown}: {error}")))?;
    let inspection = plugin.inspect();
    if args.json {
        let json = json!({
            "component": shown.to_string(),
            "size": inspection.size,
            "sha256": inspection.sha256,
            "imports": inspection.imports,
            "exports": inspection.exports,
        });
        super::print(&format!("{json:#}\n"))?;
        return Ok(Exit::Complete);
    }
    let mut text = format!("{shown}: {}, sha256 {}\n", bytes_shown(inspection.size), inspection.sha256);
    for (title, names) in [("can ask for", &inspection.imports), ("offers", &inspection.exports)] {
        text.push_str(&format!("{title}:\n"));
        for name in names {
            text.push_str(&format!("  {name}{}\n", meaning(name)));
        }
        if names.is_empty() {
            text.push_str("  nothing\n");
        }
    }
    super::print(&text)?;
    Ok(Exit::Complete)
}

/// What an import means to somebody who decides whether to run it.
fn meaning(import: &str) -> &'static str {
    let name = import.split('@').next().unwrap_or_default();
    match name {
        "seedbed:job/github" => "  (GitHub, as far as the manifest grants it)",
        "seedbed:job/records" => "  (its rows and checkpoints)",
        "seedbed:job/progress" => "  (how far it is)",
        "seedbed:job/log" => "  (the log)",
        "seedbed:job/types" => "  (words that the others share)",
        "seedbed:job/clock" => "  (the time of the run)",
        _ if name.starts_with("wasi:") => "  (linked, with nothing granted)",
        _ => "",
    }
}
