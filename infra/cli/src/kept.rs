//! What the command line keeps for its user, in the user's configuration folder: contexts and phones. Both may hold
//! secrets, so only the user can read them.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::NamedTempFile;

use crate::console::failure::CommandError;
use crate::environment::variable;

/// Reads a file of this name; the default if there is none.
///
/// # Errors
/// If it cannot be read or is damaged.
pub fn read<T: Default + DeserializeOwned>(name: &str) -> Result<T, CommandError> {
    let Some(folder) = folder() else { return Ok(T::default()) };
    let path = folder.join(name);
    let text = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(T::default()),
        Err(error) => return Err(CommandError::failed(format!("{} cannot be read: {error}", path.display()))),
        Ok(text) => text,
    };
    serde_json::from_str(&text)
        .map_err(|_| CommandError::failed(format!("{} is damaged; mend or delete it", path.display())))
}

/// Changes a file of this name, or makes it. Commands that do so at the same time wait for each other. Whoever sees the
/// file sees all of it.
///
/// # Errors
/// If it cannot be read or written, or what `change` says.
pub fn update<T>(name: &str, change: impl FnOnce(&mut T) -> Result<(), CommandError>) -> Result<T, CommandError>
where
    T: Default + Serialize + DeserializeOwned,
{
    let unsaid = || CommandError::misused("set HOME or XDG_CONFIG_HOME, to say where to keep this");
    let folder = folder().ok_or_else(unsaid)?;
    let unwritten = |error| CommandError::failed(format!("{} cannot be written: {error}", folder.display()));
    let lock = || -> std::io::Result<File> {
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let lock = OpenOptions::new().append(true).create(true).mode(0o600).open(folder.join("lock"))?;
        lock.lock()?;
        Ok(lock)
    };
    let _lock = lock().map_err(unwritten)?;
    let mut value: T = read(name)?;
    change(&mut value)?;
    let write = || -> std::io::Result<()> {
        // The library makes files that only their owner can read.
        let mut file = NamedTempFile::new_in(&folder)?;
        serde_json::to_writer_pretty(&mut file, &value)?;
        file.write_all(b"\n")?;
        file.persist(folder.join(name))?;
        Ok(())
    };
    write().map_err(unwritten)?;
    Ok(value)
}

/// The folder: of the XDG specification, on every system.
fn folder() -> Option<PathBuf> {
    let own = variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = own.or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    Some(folder.join("scanlatch"))
}
