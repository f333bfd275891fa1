//! `describe` never returns.

wit_bindgen::generate!({ path: "../../../wit", world: "job" });

struct SpinInDescribe;

impl Guest for SpinInDescribe {
    fn describe() -> Description {
        loop {
            std::hint::black_box(());
        }
    }

    async fn run(_: String) -> Result<Outcome, String> {
        Ok(Outcome::Complete)
    }
}

export!(SpinInDescribe);
