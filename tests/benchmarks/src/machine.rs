//! The machine of the measurement.

use std::fs;
use std::path::Path;
use std::process::Command;

/// One sentence about processor, memory, kernel, compilers, interpreters and load. `python` is that of the peers.
pub fn describe(python: Option<&Path>) -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or("unknown", |(_, value)| value.trim()).to_owned()
    };
    let cpuinfo = read("/proc/cpuinfo");
    let cores = cpuinfo.lines().filter(|line| line.starts_with("processor")).count();
    format!(
        "{cores} × {}, {} of memory, Linux {} on {}, {}, Node {}, {}, load {}.",
        field(&cpuinfo, "model name"),
        field(&read("/proc/meminfo"), "MemTotal"),
        read("/proc/sys/kernel/osrelease").trim(),
        std::env::consts::ARCH,
        version("rustc".as_ref()),
        version("node".as_ref()),
        python.map_or_else(|| "no Python".to_owned(), version),
        read("/proc/loadavg").split(' ').next().unwrap_or("unknown"),
    )
}

fn version(program: &Path) -> String {
    let output = Command::new(program).arg("--version").output();
    output.map_or_else(|_| "unknown".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
