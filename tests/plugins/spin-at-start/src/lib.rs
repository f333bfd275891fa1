//! Its start function never returns: it computes before anything of it was called.

wit_bindgen::generate!({ path: "../../../wit", world: "job" });

/// What a component calls when it is started.
#[unsafe(no_mangle)]
extern "C" fn _initialize() {
    loop {
        std::hint::black_box(());
    }
}

struct SpinAtStart;

impl Guest for SpinAtStart {
    fn describe() -> Description {
        Description {
            name: "spin-at-start".into(),
            version: "0".into(),
            params: "{}".into(),
            streams: vec![],
        }
    }

    async fn run(_: String) -> Result<Outcome, String> {
        Ok(Outcome::Complete)
    }
}

export!(SpinAtStart);
