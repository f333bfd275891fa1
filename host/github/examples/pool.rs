//! Lists the pull requests of a repository with whatever credentials the environment holds:
//! `cargo run -p seedbed-github --example pool -- antiwork/gumroad`

use seedbed_github::{Budget, Client, Endpoint, Grants, Policy, Request, Sources, load_credentials};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let repository = std::env::args().nth(1).ok_or("usage: pool OWNER/NAME")?;
    let env = |name: &str| std::env::var(name).ok();
    let loaded = load_credentials(&Sources { tokens_file: None, env: &env })?;
    eprintln!("{} credentials from {}", loaded.credentials.len(), loaded.origin);

    let client = Client::builder(Endpoint::from_env(&env)?)
        .credentials(loaded.credentials)
        .policy(Policy::default())
        .build()?;
    // What the code below may ask for, and how much of it.
    let grants = Grants::parse(std::slice::from_ref(&repository))?;
    let github = client.scoped(grants, Budget { max_requests: Some(100), ..Budget::default() });

    let pulls = Request::get(format!("/repos/{repository}/pulls")).with("state", "all").with("per_page", 100);
    let pages = github.pager(pulls, None)?;
    while let Some(page) = pages.next().await? {
        for pull in serde_json::from_slice::<Vec<serde_json::Value>>(&page.body)? {
            println!("#{} {}", pull["number"], pull["title"]);
        }
    }
    eprintln!("{}", serde_json::to_string_pretty(&client.totals())?);
    Ok(())
}
