//! A private folder of files: only this user's, written whole or not at all, and bounded in size.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::SystemTime,
};

use rustix::fs::OFlags;

/// Anyone but the owner.
const OTHERS: u32 = 0o077;

pub(super) struct Folder {
    path: PathBuf,
    capacity: u64,
}

impl Folder {
    pub(super) fn open(path: PathBuf, capacity: u64) -> io::Result<Self> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        match DirBuilder::new().mode(0o700).create(&path) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            made => made?,
        }
        let folder = Self { path, capacity };
        folder.check()?;
        Ok(folder)
    }

    /// The content of a file; `None` if there is none.
    pub(super) fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.check()?;
        let nofollow = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0);
        let opened = OpenOptions::new().read(true).custom_flags(nofollow).open(self.path.join(name));
        let mut file = match opened {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(io::Error::other("it is no plain file"));
        }
        check_private(&about)?;
        if about.len() > self.capacity {
            return Err(io::Error::other("it is too large"));
        }
        let mut content = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0));
        file.read_to_end(&mut content)?;
        // What is used stays longest; not being able to say so does no harm.
        let _ = file.set_modified(SystemTime::now());
        Ok(Some(content))
    }

    /// Writes a file from its parts: a reader sees all of it or none. Makes room first.
    pub(super) fn write(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        self.check()?;
        let size = parts.iter().map(|part| part.len() as u64).sum();
        self.make_room(size)?;
        let unfinished = self.path.join(format!("{name}.{}.part", std::process::id()));
        let written =
            write_private(&unfinished, parts).and_then(|()| fs::rename(&unfinished, self.path.join(name)));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written
    }

    /// That the folder is a real one, ours, and closed to others.
    fn check(&self) -> io::Result<()> {
        let about = fs::symlink_metadata(&self.path)?;
        if !about.is_dir() {
            return Err(io::Error::other("it is no folder"));
        }
        check_private(&about)
    }

    fn make_room(&self, size: u64) -> io::Result<()> {
        if size > self.capacity {
            return Err(io::Error::other(format!("{size} bytes are more than all that is kept")));
        }
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            // Gone meanwhile: another process makes room too.
            let Ok(about) = entry.metadata() else { continue };
            if about.is_file() {
                files.push((about.modified().unwrap_or(SystemTime::UNIX_EPOCH), about.len(), entry.path()));
            }
        }
        files.sort();
        let mut total: u64 = files.iter().map(|(_, size, _)| size).sum();
        for (_, freed, path) in files {
            if total.saturating_add(size) <= self.capacity {
                break;
            }
            let _ = fs::remove_file(path);
            total = total.saturating_sub(freed);
        }
        Ok(())
    }
}

fn check_private(about: &fs::Metadata) -> io::Result<()> {
    if about.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::Error::other("it belongs to somebody else"));
    }
    if about.mode() & OTHERS != 0 {
        return Err(io::Error::other(format!(
            "others may use it (mode {:o}); remove it, or set it to {}",
            about.mode() & 0o7777,
            if about.is_dir() { "0700" } else { "0600" }
        )));
    }
    Ok(())
}

fn write_private(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    // What a process with our number left behind is nobody's any more.
    let _ = fs::remove_file(path);
    let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    for part in parts {
        file.write_all(part)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn folder(capacity: u64) -> (tempfile::TempDir, Folder) {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::open(home.path().join("code"), capacity).unwrap();
        (home, folder)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn what_is_written_is_private_and_comes_back() {
        let (home, folder) = folder(1_000);
        assert_eq!(folder.read("a").unwrap(), None);
        folder.write("a", &[b"one ", b"two"]).unwrap();
        assert_eq!(folder.read("a").unwrap().unwrap(), b"one two");
        assert_eq!(mode(&home.path().join("code")), 0o700);
        assert_eq!(mode(&home.path().join("code/a")), 0o600);
        assert_eq!(fs::read_dir(home.path().join("code")).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_or_file_that_others_could_have_written_is_not_trusted() {
        let (home, folder) = folder(1_000);
        folder.write("a", &[b"code"]).unwrap();
        let (dir, file) = (home.path().join("code"), home.path().join("code/a"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o620)).unwrap();
        assert!(folder.read("a").unwrap_err().to_string().contains("mode 620"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o770)).unwrap();
        assert!(folder.read("a").is_err() && folder.write("b", &[b"x"]).is_err());
        assert!(Folder::open(dir, 1_000).is_err());
    }

    #[test]
    fn links_are_not_followed() {
        let (home, folder) = folder(1_000);
        let elsewhere = home.path().join("elsewhere");
        fs::write(&elsewhere, b"evil").unwrap();
        fs::set_permissions(&elsewhere, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&elsewhere, home.path().join("code/a")).unwrap();
        assert!(folder.read("a").is_err());
        symlink(home.path().join("code"), home.path().join("link")).unwrap();
        assert!(Folder::open(home.path().join("link"), 1_000).is_err());
    }

    #[test]
    fn the_least_recently_used_makes_room() {
        let (_home, folder) = folder(250);
        let at = |name: &str, seconds| {
            let file = File::open(folder.path.join(name)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds)).unwrap();
        };
        folder.write("old", &[&[0; 100]]).unwrap();
        folder.write("older", &[&[0; 100]]).unwrap();
        at("old", 2);
        at("older", 1);
        // Reading makes it the newest.
        folder.read("older").unwrap();
        folder.write("new", &[&[0; 100]]).unwrap();
        assert!(folder.read("old").unwrap().is_none());
        assert!(folder.read("older").unwrap().is_some() && folder.read("new").unwrap().is_some());
        assert!(folder.write("huge", &[&[0; 251]]).is_err());
    }
}
