//! The machine of the measurement.

use std::fs;
use std::process::Command;

/// One sentence about processor, memory, kernel, compiler and load.
pub fn describe() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or("unknown", |(_, value)| value.trim()).to_owned()
    };
    let cpuinfo = read("/proc/cpuinfo");
    let cores = cpuinfo.lines().filter(|line| line.starts_with("processor")).count();
    format!(
        "{cores} × {}, {} of memory, Linux {} on {}, {}, load {}.",
        field(&cpuinfo, "model name"),
        field(&read("/proc/meminfo"), "MemTotal"),
        read("/proc/sys/kernel/osrelease").trim(),
        std::env::consts::ARCH,
        compiler(),
        read("/proc/loadavg").split(' ').next().unwrap_or("unknown"),
    )
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output();
    output.map_or_else(|_| "no rustc".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
