//! Any sequence of calls gives what a plain map would hold, in both sinks, before and after opening again.

use proptest::{collection::vec, prelude::*};

use super::*;

#[derive(Debug, Clone)]
enum Call {
    Emit(usize, Vec<(i64, u8, u8)>),
    Replace(usize, i64, Vec<(u8, u8)>),
    ReplaceByAuthor(usize, u8, Vec<(i64, u8)>),
    ReplaceAll(usize, Vec<(i64, u8, u8)>),
    Checkpoint(usize, u8),
    Finish(usize),
    Abandon(usize),
    Reopen,
}

fn call() -> impl Strategy<Value = Call> {
    let (task, pull, name, author) = (0..2_usize, 0..3_i64, 0..4_u8, 0..3_u8);
    let (t, p, n, a) = (task, pull, name, author);
    let row = (p.clone(), n.clone(), a.clone());
    prop_oneof![
        4 => (t.clone(), vec(row.clone(), 0..4)).prop_map(|(t, rows)| Call::Emit(t, rows)),
        3 => (t.clone(), p.clone(), vec((n.clone(), a.clone()), 0..4)).prop_map(|(t, p, r)| Call::Replace(t, p, r)),
        2 => (t.clone(), a, vec((p, n), 0..3)).prop_map(|(t, a, r)| Call::ReplaceByAuthor(t, a, r)),
        1 => (t.clone(), vec(row, 0..3)).prop_map(|(t, rows)| Call::ReplaceAll(t, rows)),
        3 => (t.clone(), any::<u8>()).prop_map(|(t, s)| Call::Checkpoint(t, s)),
        1 => t.clone().prop_map(Call::Finish),
        1 => t.prop_map(Call::Abandon),
        1 => Just(Call::Reopen),
    ]
}

/// Author 0 is null.
fn row((pull, name, author): (i64, u8, u8)) -> Value {
    let author = (author > 0).then(|| format!("u{author}🌱"));
    json!({"pull": pull, "name": format!("n{name}"), "author": author})
}

type Rows = BTreeMap<(i64, u8), u8>;
type Change = Box<dyn Fn(&mut Rows)>;

/// What a store should be: committed rows, and what each task has staged.
#[derive(Default)]
struct Model {
    rows: Rows,
    staged: [Vec<Change>; 2],
    states: [Option<String>; 2],
}

impl Model {
    fn commit(&mut self, task: usize) {
        for change in self.staged[task].drain(..) {
            change(&mut self.rows);
        }
    }

    fn replace(&mut self, task: usize, within: impl Fn(i64, u8) -> bool + 'static, new: Vec<(i64, u8, u8)>) {
        self.staged[task].push(Box::new(move |rows| {
            rows.retain(|(pull, _), author| !within(*pull, *author));
            rows.extend(new.iter().map(|(p, n, a)| ((*p, *n), *a)));
        }));
    }

    fn live(&self) -> BTreeMap<String, Value> {
        self.rows.iter().map(|((p, n), a)| (format!(r#"[{p},"n{n}"]"#), row((*p, *n, *a)))).collect()
    }
}

fn play(spec: &SinkSpec, calls: &[Call]) -> Result<String, TestCaseError> {
    let mut model = Model::default();
    let mut store = open(spec);
    let keys = ["one", "two"];
    let mut tasks = keys.map(|k| Some(store.task(k).unwrap()));
    for call in calls {
        let text = |rows: &[(i64, u8, u8)]| rows.iter().map(|r| row(*r).to_string()).collect::<Vec<_>>();
        match call.clone() {
            Call::Emit(t, new) => {
                tasks[t].as_ref().unwrap().emit("comments", &text(&new)).unwrap();
                model.replace(t, |_, _| false, new);
            }
            Call::Replace(t, pull, new) => {
                let new: Vec<_> = new.into_iter().map(|(n, a)| (pull, n, a)).collect();
                let scope = json!({"pull": pull}).to_string();
                tasks[t].as_ref().unwrap().replace("comments", &scope, &text(&new)).unwrap();
                model.replace(t, move |p, _| p == pull, new);
            }
            Call::ReplaceByAuthor(t, author, new) => {
                let new: Vec<_> = new.into_iter().map(|(p, n)| (p, n, author)).collect();
                let scope = json!({"author": row((0, 0, author))["author"]}).to_string();
                tasks[t].as_ref().unwrap().replace("comments", &scope, &text(&new)).unwrap();
                model.replace(t, move |_, a| a == author, new);
            }
            Call::ReplaceAll(t, new) => {
                tasks[t].as_ref().unwrap().replace("comments", "{}", &text(&new)).unwrap();
                model.replace(t, |_, _| true, new);
            }
            Call::Checkpoint(t, state) => {
                tasks[t].as_ref().unwrap().checkpoint(&state.to_string()).unwrap();
                model.commit(t);
                model.states[t] = Some(state.to_string());
            }
            Call::Finish(t) => {
                tasks[t].take().unwrap().finish().unwrap();
                model.commit(t);
                tasks[t] = Some(store.task(keys[t]).unwrap());
            }
            Call::Abandon(t) => {
                tasks[t].take().unwrap().abandon();
                model.staged[t].clear();
                tasks[t] = Some(store.task(keys[t]).unwrap());
            }
            Call::Reopen => {
                drop((tasks, store));
                store = open(spec);
                tasks = keys.map(|k| Some(store.task(k).unwrap()));
                model.staged = Default::default();
            }
        }
        for (task, state) in tasks.iter().flatten().zip(&model.states) {
            prop_assert_eq!(&task.resume(), state);
        }
    }
    prop_assert_eq!(&live(&store, "comments"), &model.live());
    prop_assert_eq!(store.totals().unwrap()["comments"], model.rows.len() as u64);
    let digest = store.digest("comments").unwrap();
    drop((tasks, store));
    let store = open(spec);
    prop_assert_eq!(&live(&store, "comments"), &model.live());
    prop_assert_eq!(&store.digest("comments").unwrap(), &digest);
    Ok(digest)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn every_sequence_of_calls_equals_the_map(calls in vec(call(), 0..40)) {
        let folder = tempfile::tempdir().unwrap();
        let [sqlite, jsonl] = specs(folder.path());
        let one = play(&sqlite, &calls)?;
        let other = play(&jsonl, &calls)?;
        prop_assert_eq!(one, other);
    }
}
