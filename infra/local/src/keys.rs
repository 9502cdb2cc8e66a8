//! Keys, one letter each, where somebody sits at a terminal.

use std::io::Read as _;

use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcgetpgrp, tcsetattr};
use tokio::sync::mpsc;

/// Hears keys. The terminal is as it was before once this value is dropped.
#[derive(Debug)]
pub struct Keys {
    keys: mpsc::UnboundedReceiver<u8>,
    _before: Before,
}

/// How the terminal was.
#[derive(Debug)]
struct Before(Termios);

impl Keys {
    /// Listens on standard input; `None` if that is no terminal, or another program has it. A background job that reads
    /// from its terminal is stopped.
    pub fn listen() -> Option<Self> {
        let input = std::io::stdin();
        if !isatty(&input) || tcgetpgrp(&input).ok()? != getpgrp() {
            return None;
        }
        let before = tcgetattr(&input).ok()?;
        let mut mode = before.clone();
        // Ctrl-C still ends the program.
        mode.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        tcsetattr(&input, OptionalActions::Now, &mode).ok()?;
        let (tell, keys) = mpsc::unbounded_channel();
        // A thread of its own: the runtime would wait at its end for a read that never ends.
        std::thread::spawn(move || {
            for key in std::io::stdin().lock().bytes().map_while(Result::ok) {
                if tell.send(key).is_err() {
                    break;
                }
            }
        });
        Some(Self { keys, _before: Before(before) })
    }

    /// Waits for the next key, for ever once the terminal is gone.
    pub async fn next(&mut self) -> char {
        match self.keys.recv().await {
            Some(key) => char::from(key),
            None => std::future::pending().await,
        }
    }
}

impl Drop for Before {
    fn drop(&mut self) {
        let _gone = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
    }
}
