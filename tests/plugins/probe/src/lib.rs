//! A guest that does what its parameters say, for tests of the sandbox: `{"do": "spin"}`, `{"do": "gets", "count": 1000}`.
//!
//! `deed.rs` lists what it can do; `honest.rs` and `hostile.rs` do it.

mod deed;
mod honest;
mod hostile;

wit_bindgen::generate!({ path: "../../../wit", world: "job" });

use deed::Deed;
use seedbed::job::log;
use seedbed::job::types::StreamDescription;

struct Probe;

impl Guest for Probe {
    fn describe() -> Description {
        Description {
            name: "probe".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            params: r#"{"type":"object","properties":{"do":{"type":"string"}},"required":["do"]}"#.into(),
            streams: vec![StreamDescription {
                name: "things".into(),
                schema: r#"{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"}},"required":["id"]}"#
                    .into(),
                primary_key: vec!["id".into()],
            }],
        }
    }

    async fn run(params: String) -> Result<Outcome, String> {
        std::panic::set_hook(Box::new(|info| log::write(log::Level::Error, &info.to_string())));
        let deed = serde_json::from_str(&params).map_err(|e| format!("the parameters don't fit: {e}"))?;
        match deed {
            Deed::Honest(deed) => honest::act(deed).await,
            Deed::Hostile(deed) => hostile::act(deed).await,
        }
    }
}

export!(Probe);
