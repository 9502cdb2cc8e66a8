//! What the stack opens to others on this machine: its ports and its files.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use scanlatch_tests::Stack;

/// The kernel lists a process's ports in `/proc`.
#[cfg(target_os = "linux")]
mod ports {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    /// The ports on which a process listens, as the kernel lists them.
    fn of_process(pid: u32) -> Result<Vec<u16>> {
        let links = std::fs::read_dir(format!("/proc/{pid}/fd"))?;
        let links: Vec<PathBuf> = links.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok()).collect();
        let table = std::fs::read_to_string(format!("/proc/{pid}/net/tcp"))?;
        let listening = table.lines().skip(1).filter_map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let is_its = links.contains(&PathBuf::from(format!("socket:[{}]", columns[9])));
            (columns[3] == "0A" && is_its).then(|| u16::from_str_radix(columns[1].rsplit(':').next()?, 16).ok())?
        });
        Ok(listening.collect())
    }

    /// A port's answer to a request under a name that somebody else resolves to this machine.
    async fn answer(port: u16) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let target =
            "X-Amz-Target: DynamoDB_20120810.ListTables\r\nAuthorization: AWS4-HMAC-SHA256 Credential=local/x\r\n";
        let head = format!(
            "POST / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n{target}Content-Length: 2\r\n\r\n{{}}"
        );
        stream.write_all(head.as_bytes()).await?;
        let mut answer = String::new();
        tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut answer)).await??;
        Ok(answer)
    }

    #[tokio::test]
    async fn no_port_answers_a_name_that_somebody_lets_lead_here() -> Result<()> {
        let stack = Stack::start(&[]).await?;
        let ports = of_process(stack.pid())?;
        ensure!(
            ports.len() >= 4,
            "the APIs, the database, the key service and the Runtime API listen, not only {ports:?}"
        );
        for port in ports {
            let answer = answer(port).await?;
            assert!(answer.starts_with("HTTP/1.1 403"), "port {port}: {answer}");
        }
        Ok(())
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let (folders, mut found): (Vec<_>, Vec<_>) = entries.into_iter().partition(|path| path.is_dir());
    for folder in folders {
        found.extend(files(&folder)?);
    }
    Ok(found)
}

#[tokio::test]
async fn what_the_stack_keeps_on_disk_is_its_owners_alone() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let data = scratch.path().join("data");
    let stack = Stack::start(&["--data", data.to_str().context("no text")?]).await?;
    let files = [files(&data)?, files(stack.folder())?].concat();
    for name in ["demo.json", "functions.env", "tables.db", "wrapping.key", "ready.json"] {
        ensure!(files.iter().any(|file| file.ends_with(name)), "{name} is not among {files:?}");
    }
    for file in files {
        let mode = std::fs::metadata(&file)?.permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has the mode {mode:o}", file.display());
    }
    Ok(())
}
