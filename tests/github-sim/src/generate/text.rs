//! Words: titles, bodies, paths, names of checks and labels, with everything that text on GitHub contains.

/// First names.
pub(super) const FIRST: [&str; 16] = [
    "Ada", "Bo", "Chioma", "Dmitri", "Elif", "Farah", "Goran", "Hana", "Ines", "José", "Kai", "Lena", "Mei",
    "Nils", "Oya", "Priya",
];
/// Last names (logins are made of these: ASCII only).
pub(super) const LAST: [&str; 12] =
    ["Abe", "Berg", "Costa", "Diaz", "Eze", "Fox", "Gupta", "Holt", "Ito", "Jung", "Kova", "Lund"];
/// Main languages of repositories.
pub(super) const LANGUAGES: [&str; 4] = ["TypeScript", "Python", "Ruby", "Rust"];
/// Labels: name, colour, description.
pub(super) const LABELS: [(&str, &str, Option<&str>); 10] = [
    ("bug", "d73a4a", Some("Something isn't working")),
    ("enhancement", "a2eeef", Some("New feature or request")),
    ("dependencies", "0366d6", Some("Pull requests that update a dependency file")),
    ("good first issue", "7057ff", None),
    ("🚀 ship it", "0e8a16", Some("Ready, go")),
    ("área: pagos", "fbca04", None),
    ("needs review", "e4e669", None),
    ("wontfix", "ffffff", Some("This will not be worked on")),
    ("size/XL", "b60205", None),
    ("backport 2.x", "c5def5", None),
];
/// Names of checks.
pub(super) const CHECKS: [&str; 14] = [
    "build",
    "lint",
    "test (ubuntu-latest, 20)",
    "test (macos-latest, 20)",
    "typecheck",
    "e2e / chromium",
    "e2e / webkit",
    "rubocop",
    "CodeQL",
    "codecov/patch",
    "codecov/project",
    "Vercel – docs",
    "audit 🔒",
    "release dry-run",
];

const VERBS: [&str; 10] =
    ["Fix", "Add", "Remove", "Refactor", "Bump", "Handle", "Speed up", "Document", "Revert", "Migrate"];
const THINGS: [&str; 14] = [
    "checkout totals",
    "the \"buy\" button",
    "flaky specs",
    "CSV export",
    "webhook retries",
    "dark mode",
    "payout emails",
    "search index",
    "<Modal> focus",
    "N+1 in library page",
    "i18n für Käufer",
    "日本語の検索",
    "rate limiting",
    "discount codes",
];
const SENTENCES: [&str; 10] = [
    "Looks good to me 👍",
    "nit: can we name this `totalCents`?",
    "This breaks when the cart is empty — see the spec below.",
    "Why not `O(n)` here?\r\n\r\n```ruby\r\nitems.sum(&:price) # \"fast\"\r\n```",
    "Done in the last push, thanks! 🙏🏽",
    "I'd rather not: <script>alert(1)</script> must stay escaped.",
    "Größe prüfen; 全角スペース　も。",
    "Tab\there, backslash \\ there, and a null-ish \u{fffd}.",
    "LGTM",
    "Fixes #123, part of #99. Zero-width\u{200b}joiner: 👩‍👩‍👧‍👦",
];
const FOLDERS: [&str; 9] = [
    "app/models",
    "app/controllers/api/v2",
    "app/javascript/components",
    "spec/requests",
    "config",
    "db/migrate",
    "docs/guides",
    "lib/tasks",
    "public/images",
];
const ENDINGS: [&str; 7] = ["rb", "tsx", "ts", "yml", "md", "spec.ts", "png"];

fn pick<'a>(rng: &mut fastrand::Rng, from: &[&'a str]) -> &'a str {
    from[rng.usize(..from.len())]
}

/// A title.
pub(super) fn title(rng: &mut fastrand::Rng) -> String {
    let emoji = if rng.u8(0..12) == 0 { " 🎉" } else { "" };
    format!("{} {}{emoji}", pick(rng, &VERBS), pick(rng, &THINGS))
}

/// A few sentences.
pub(super) fn paragraph(rng: &mut fastrand::Rng, most: u64) -> String {
    let mut text = pick(rng, &SENTENCES).to_owned();
    for _ in 0..super::skewed(rng, 1.0, 0.9, most) {
        text.push_str("\r\n\r\n");
        text.push_str(pick(rng, &SENTENCES));
    }
    text
}

/// A branch name.
pub(super) fn branch(rng: &mut fastrand::Rng) -> String {
    format!(
        "{}/{:05x}",
        pick(rng, &["feat", "fix", "chore", "dependabot/npm_and_yarn"]),
        rng.u32(0..0xf_ffff)
    )
}

/// A path that is unique by its number.
pub(super) fn path(rng: &mut fastrand::Rng, number: usize) -> String {
    let odd = if rng.u8(0..40) == 0 { "ünïcode file #" } else { "part_" };
    format!("{}/{odd}{number:04}.{}", pick(rng, &FOLDERS), pick(rng, &ENDINGS))
}
