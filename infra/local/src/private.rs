//! Files and folders that only their owner can ever read.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Result, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Writes or replaces a file. Whoever sees the file sees all of it.
///
/// # Errors
/// If the folder cannot be written.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let partial = path.with_added_extension("partial");
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
    file.write_all(text.as_bytes())?;
    std::fs::rename(&partial, path)
}

/// Opens a file. It makes an empty one if none is there.
///
/// # Errors
/// If the folder cannot be written.
pub fn open(path: &Path) -> Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

/// Makes a folder and its parents, unless they exist.
///
/// # Errors
/// If it cannot be made.
pub fn folder(path: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_others_could_read_before_they_cannot_read_after() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("demo.json");
        for old in [&path, &path.with_added_extension("partial")] {
            std::fs::write(old, "old").unwrap();
            std::fs::set_permissions(old, std::fs::Permissions::from_mode(0o644)).unwrap();
        }
        write(&path, "new").unwrap();
        assert_eq!((std::fs::read_to_string(&path).unwrap().as_str(), mode(&path)), ("new", 0o600));
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_new_folder_and_an_empty_file_are_their_owners() {
        let scratch = tempfile::tempdir().unwrap();
        let below = scratch.path().join("a/b");
        folder(&below).unwrap();
        open(&below.join("tables.db")).unwrap();
        assert_eq!((mode(&below), mode(&below.join("tables.db"))), (0o700, 0o600));
    }
}
