//! Write a Seedbed job in Rust.
//!
//! A job asks the [`Host`] for GitHub data and hands it rows. It is written once, generic over `Host`: as a WebAssembly
//! component it runs in the sandbox over [`Guest`] (the imports of the world `seedbed:job/job`), and natively in tests
//! over any other implementation.
//!
//! ```
//! use seedbed_sdk::{Description, Host, HostExt, Job, Outcome, Request, params, stream};
//!
//! /// What the manifest may say.
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct Params { repo: String }
//!
//! /// One row of the stream `labels`.
//! #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
//! struct Label { id: u64, name: String }
//!
//! struct Labels;
//! impl Job for Labels {
//!     type Params = Params;
//!     fn description() -> Description {
//!         Description {
//!             name: "labels".into(),
//!             version: env!("CARGO_PKG_VERSION").into(),
//!             params: params::<Params>(),
//!             streams: vec![stream::<Label>("labels", &["id"])],
//!         }
//!     }
//!     async fn run(host: &impl Host, params: Params) -> Result<Outcome, String> {
//!         let mut pages = host.pages::<Label>(Request::get(format!("/repos/{}/labels", params.repo)), None);
//!         while let Some(labels) = pages.next().await.map_err(|e| e.to_string())? {
//!             host.emit_rows("labels", &labels).await.map_err(|e| e.to_string())?;
//!         }
//!         Ok(Outcome::Complete)
//!     }
//! }
//! seedbed_sdk::export!(Labels);
//! # fn main() {}
//! ```
//!
//! There is no clock, no network and no file behind a component's standard library: time is [`Host::now`], and what
//! should be seen is [`Host::log`]. A panic ends the task; its message and place are written to the log first.

#[cfg(target_arch = "wasm32")]
extern crate self as seedbed_sdk; // the generated bindings name this crate from outside and from inside

mod description;
mod error;
mod exchange;
mod fan_out;
mod host;
mod time;
mod typed;

#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod guest;

pub use description::{Description, Gap, Job, Outcome, StreamDescription, params, stream};
pub use error::{Error, RecordsError};
pub use exchange::{GraphqlAnswer, Request, Response};
pub use fan_out::{fan_out, fan_out_in_order};
#[cfg(target_arch = "wasm32")]
pub use guest::Guest;
pub use host::{Host, Level, Pager};
pub use time::Time;
pub use typed::{Answer, GraphqlError, HostExt, Pages};

/// Makes a type that implements [`Job`] the component's one job.
///
/// Natively this expands to nothing, so the same crate serves tests.
#[macro_export]
macro_rules! export {
    ($job:ty) => {
        #[cfg(target_arch = "wasm32")]
        #[allow(
            unsafe_code,
            reason = "the component ABI is exported as C functions; wit-bindgen writes them"
        )]
        const _: () = {
            struct Exported;
            impl $crate::guest::bindings::Guest for Exported {
                fn describe() -> $crate::guest::bindings::Description {
                    $crate::guest::describe::<$job>()
                }
                async fn run(
                    params: ::std::string::String,
                ) -> ::core::result::Result<$crate::guest::bindings::Outcome, ::std::string::String> {
                    $crate::guest::run::<$job>(params).await
                }
            }
    $crate::guest::bindings::export_job!(Exported with_types_in $crate::guest::bindings);
        };
    };
}
