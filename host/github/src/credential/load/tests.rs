use super::{CredentialError, Loaded, Origin, Sources, load_credentials};
use std::io::Write;
use std::path::Path;

const A: &str = "ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaAAAA";
const B: &str = "ghp_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbBBBB";

fn load(file: Option<&Path>, variables: &[(&str, &str)]) -> Result<Loaded, CredentialError> {
    let env =
        |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    load_credentials(&Sources { tokens_file: file, env: &env })
}

fn masks(loaded: &Loaded) -> Vec<&str> {
    loaded.credentials.iter().map(super::Credential::masked).collect()
}

fn tokens_file(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

#[test]
fn the_list_of_tokens_wins_over_the_single_ones() {
    let list = format!(" {A} ,, {B},\n");
    let loaded = load(None, &[("GH_TOKEN", "ghp_other"), ("GITHUB_SEEDING_TOKENS", &list)]).unwrap();
    assert_eq!(masks(&loaded), ["ghp_…AAAA", "ghp_…BBBB"]);
    assert_eq!(loaded.origin.to_string(), "GITHUB_SEEDING_TOKENS");
}

#[test]
fn a_token_given_twice_counts_once() {
    let loaded = load(None, &[("GITHUB_SEEDING_TOKENS", &format!("{A},{B},{A},{A}"))]).unwrap();
    assert_eq!((loaded.credentials.len(), loaded.duplicates), (2, 2));
}

#[test]
fn an_empty_variable_is_as_good_as_none() {
    let loaded =
        load(None, &[("GITHUB_SEEDING_TOKENS", " , "), ("GITHUB_SEEDING_TOKEN", ""), ("GITHUB_TOKEN", A)]);
    assert_eq!(loaded.unwrap().origin, Origin::Variable("GITHUB_TOKEN"));
}

#[test]
fn without_any_token_access_is_anonymous() {
    let loaded = load(None, &[]).unwrap();
    assert_eq!((masks(&loaded), &loaded.origin), (vec!["anonymous"], &Origin::Anonymous));
    assert!(loaded.origin.to_string().contains("60 requests an hour"));
}

#[test]
fn a_tokens_file_may_have_comments_blanks_and_windows_line_ends() {
    let content = format!("\u{feff}# ours\r\n\r\n{A}\r\n  {B}   # the robot's\n\n{A}");
    let file = tokens_file(content.as_bytes());
    let loaded = load(Some(file.path()), &[("GITHUB_SEEDING_TOKENS", "ghp_not_looked_at")]).unwrap();
    assert_eq!((masks(&loaded), loaded.duplicates), (vec!["ghp_…AAAA", "ghp_…BBBB"], 1));
    assert!(matches!(loaded.origin, Origin::File(_)));
}

#[test]
fn a_tokens_file_without_tokens_is_an_error_that_names_it() {
    let file = tokens_file(b"# later\n\n");
    let error = load(Some(file.path()), &[]).unwrap_err();
    assert!(error.to_string().contains(&file.path().display().to_string()), "{error}");

    let missing = load(Some(Path::new("/no/such/tokens")), &[]).unwrap_err();
    assert_eq!(missing.to_string(), "can't read the tokens file /no/such/tokens");
}

#[test]
fn a_file_that_is_no_list_of_tokens_is_not_read_to_its_end() {
    let file = tokens_file(&vec![b'x'; (1 << 20) + 1]);
    assert!(matches!(load(Some(file.path()), &[]), Err(CredentialError::TooLong(_))));
    let zeros = load(Some(Path::new("/dev/zero")), &[]);
    assert!(matches!(zeros, Err(CredentialError::TooLong(_))));
}

#[test]
fn a_bad_token_is_named_by_its_place_and_not_repeated() {
    let file = tokens_file(&[b"# one\n", A.as_bytes(), b"\nghp_b\xff\xfed\n"].concat());
    let error = load(Some(file.path()), &[]).unwrap_err().to_string();
    assert!(error.contains("line 3") && !error.contains("ghp_"), "{error}");

    let error =
        load(None, &[("GITHUB_SEEDING_TOKENS", &format!("{A},ghp_x\u{7}y"))]).unwrap_err().to_string();
    assert!(error.starts_with("GITHUB_SEEDING_TOKENS, entry 2: "), "{error}");
    assert!(!error.contains("ghp_"), "{error}");
}
