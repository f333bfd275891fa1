//! One run at a time on one destination: a file `<destination>.lock`, held by `flock` and naming its holder's pid.
//!
//! The kernel lets go of the lock when its process ends, however it ends, so a file left by a dead run is no
//! obstacle.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::fs::{FlockOperation, flock};

use crate::OpenError;

/// The held lock; letting go removes the file.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of `destination`, whose parent folder exists, without waiting.
    pub(crate) fn take(destination: &Path) -> Result<Lock, OpenError> {
        let mut path = destination.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let unwritable =
            |e: std::io::Error| OpenError::Unwritable { path: path.clone(), reason: e.to_string() };
        loop {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(unwritable)?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(rustix::io::Errno::WOULDBLOCK) => {
                    return Err(OpenError::Locked { path: destination.to_owned(), pid: holder(&mut file) });
                }
                Err(e) => return Err(unwritable(e.into())),
            }
            // Between the two calls the holder may have ended and removed the file: then this lock is on a file that
            // the next run can't see.
            if !is_at(&file, &path) {
                continue;
            }
            file.set_len(0).map_err(unwritable)?;
            file.write_all(format!("{}\n", std::process::id()).as_bytes()).map_err(unwritable)?;
            return Ok(Lock { file, path });
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Only while it is still ours: somebody may have removed it by hand and another run made a new one.
        if is_at(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => ours.dev() == there.dev() && ours.ino() == there.ino(),
        _ => false,
    }
}

/// The pid in the file. Its holder writes it just after locking, so an empty file is looked at again.
fn holder(file: &mut File) -> Option<u32> {
    for _ in 0..10 {
        let mut text = String::new();
        if file.rewind().is_ok() && file.read_to_string(&mut text).is_ok() && text.ends_with('\n') {
            return text.trim().parse().ok();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_is_refused_and_told_who_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let destination = folder.path().join("rows.db");
        let held = Lock::take(&destination).unwrap();
        let Err(error) = Lock::take(&destination) else { panic!("both hold it") };
        assert!(
            error
                .to_string()
                .contains(&format!("rows.db is in use by another run (pid {})", std::process::id()))
        );
        drop(held);
        assert!(!folder.path().join("rows.db.lock").exists());
        Lock::take(&destination).unwrap();
    }

    #[test]
    fn what_a_dead_run_left_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        let destination = folder.path().join("rows.db");
        fs::write(folder.path().join("rows.db.lock"), "4194304999\n").unwrap();
        Lock::take(&destination).unwrap();
    }

    #[test]
    fn letting_go_never_removes_another_runs_file() {
        let folder = tempfile::tempdir().unwrap();
        let destination = folder.path().join("rows.db");
        let first = Lock::take(&destination).unwrap();
        fs::remove_file(folder.path().join("rows.db.lock")).unwrap();
        let second = Lock::take(&destination).unwrap();
        drop(first);
        assert!(Lock::take(&destination).is_err(), "the second still holds it");
        drop(second);
    }
}
