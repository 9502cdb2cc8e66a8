//! The command line.

use std::ffi::OsString;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use crate::commands::{
    audit, challenge, check_url, client, context, device, doctor, key, phone, restore, screen, smoke, tenant, user,
};
use crate::tables::TableSource;

const HELP: &str = "\
Where the tables are, one of:
  --local[=URL]                the local stack (`cargo run`), http://localhost:3000 unless said otherwise
  --live-table, --directory-table
                               the stack's outputs LiveTableName and DirectoryTableName, or the variables
                               SCANLATCH_LIVE_TABLE and SCANLATCH_DIRECTORY_TABLE; on AWS with your own
                               credentials and region (AWS_PROFILE, AWS_REGION, ...)
  scanlatch use NAME           one of these, kept under a name, for commands that are given nothing else

Answers go to standard output, everything else to standard error.

Exit codes:
  0  done
  1  failed, or what was named is not there
  2  used wrongly, or not confirmed
  3  declined on the phone
  4  not answered in time

Examples:
  scanlatch --local tenant create Acme >> .env
  scanlatch --local tenant list --json
  scanlatch tenant list --live-table login-LiveTable-1A2B --directory-table login-DirectoryTable-3C4D";

const SCREEN_HELP: &str = "\
Draws a QR code, tells when it is scanned, and ends with the outcome: exit code 0 for approved, 3 for declined,
4 for not answered in time. With the tenant's secret key (AUTHSIGNAL_SECRET_KEY, or --local) the approval is
validated first, and the answer names the user. Without it the answer is the result token, for a backend to
validate; AUTHSIGNAL_API_URL and AUTHSIGNAL_TENANT_ID say where and who then.

Examples:
  scanlatch screen --local
  scanlatch screen --user ann --action deploy --custom '{\"to\":\"production\"}' --local && ./deploy";

const TAIL_HELP: &str = "\
Prints a line for each challenge that is shown, scanned, approved, declined or validated: what passes through a
local stack from now on. It names a challenge by the beginning of its id, and no user or address. On AWS the
functions' logs tell more: `sam logs --tail --stack-name NAME`.

Examples:
  scanlatch tail --local
  scanlatch tail --local --json";

const AUDIT_HELP: &str = "\
Prints one time line, the newest event last: what the tables keep (enrolments and removals of devices, decisions with the
screen's network) and what the functions logged (claims, decisions, redemptions, refusals). Of a challenge the tables
keep more for some hours. The log is read with your own credentials (logs:FilterLogEvents); where it cannot be read, the
rest is printed.

Examples:
  scanlatch audit --tenant Acme --user ann --local
  scanlatch audit --tenant Acme --user ann --since 7d --log-group /scanlatch/scanlatch-prod
  scanlatch audit --tenant Acme --challenge 0b0f8a52-6c1c-4c55-9a3f-0c5f4b0c8d11 --local --json";

const DOCTOR_HELP: &str = "\
Looks at the base URL, connects, compares clocks, sends a browser's preflight, opens a socket and tries the secret
key. It changes nothing. Where and who are said as for `scanlatch smoke`.

Examples:
  scanlatch doctor --local
  (set -a; . ./.env; scanlatch doctor --origin https://shop.example)";

const USE_HELP: &str = "\
A context serves commands for which neither a flag nor a variable says where. It is kept in the user's
configuration folder (XDG_CONFIG_HOME, else ~/.config), where only the user can read it.

Examples:
  scanlatch use here --local
  scanlatch use prod --live-table login-LiveTable-1A2B --directory-table login-DirectoryTable-3C4D \\
    --api-url https://login.example.com/v1
  scanlatch use here
  scanlatch use --none";

const SMOKE_HELP: &str = "\
Needs no tables, but who the tenant is: AUTHSIGNAL_API_URL (or --api-url) and AUTHSIGNAL_SECRET_KEY, as
`scanlatch tenant create` prints them.

Examples:
  scanlatch smoke --local
  (set -a; . ./.env; scanlatch smoke)";

const CHECK_URL_HELP: &str = "\
The browser SDK makes the socket's URL from the base URL by replacing text, also inside the host name.
The check makes one call and asks for one socket, both of which the service refuses; --no-connect leaves them out.

Examples:
  scanlatch check-url https://login.example.com/v1
  scanlatch check-url https://login.example.com/v1 --no-connect      # before its DNS record exists
  scanlatch check-url https://api.example.com/v1 --socket-url wss://api-ws.example.com/ws-v1-challenge";

/// Looks after the tenants of a Scanlatch stack: their secret keys, applications, users and devices.
#[derive(Clone, Debug, Parser)]
#[command(name = "scanlatch", version, after_help = HELP, arg_required_else_help = true)]
pub struct Options {
    /// Answer with one JSON document
    #[arg(long, global = true)]
    pub json: bool,
    /// Do it without asking
    #[arg(long, short, global = true)]
    pub yes: bool,
    #[command(flatten)]
    pub source: TableSource,
    /// The command's noun.
    #[command(subcommand)]
    pub noun: Noun,
}

/// The nouns of the commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Noun {
    /// Make, change and delete tenants
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Make and revoke a tenant's secret keys
    #[command(subcommand)]
    Key(key::Command),
    /// Look at a tenant's users, and delete them
    #[command(subcommand)]
    User(user::Command),
    /// List and revoke a user's devices
    #[command(subcommand)]
    Device(device::Command),
    /// Register the applications that log their users in at a tenant
    #[command(subcommand)]
    Client(client::Command),
    /// Look at a challenge
    #[command(subcommand)]
    Challenge(challenge::Command),
    /// Tell who did what: enrolments, logins, removals, refusals
    #[command(after_help = AUDIT_HELP)]
    Audit(audit::Flags),
    /// Copy what the directory lacks from a table that was restored from a backup
    Restore(restore::Command),
    /// Show a QR code in the terminal and wait for its outcome
    #[command(after_help = SCREEN_HELP)]
    Screen(screen::Flags),
    /// Enrol a phone that lives in the terminal, and answer challenges with it
    #[command(subcommand)]
    Phone(phone::Command),
    /// Watch what happens to logins on a local stack
    #[command(after_help = TAIL_HELP)]
    Tail,
    /// Look at all that a login needs, and say what to do
    #[command(after_help = DOCTOR_HELP)]
    Doctor(doctor::Flags),
    /// Keep a place under a name, and use it from now on
    #[command(after_help = USE_HELP)]
    Use(context::Flags),
    /// Log in once as a screen, a phone and a backend, and remove what that made
    #[command(after_help = SMOKE_HELP)]
    Smoke(smoke::Flags),
    /// Check whether SDKs with a base URL find the service and its socket
    #[command(after_help = CHECK_URL_HELP)]
    CheckUrl(check_url::Flags),
    /// Write a script that completes commands in a shell
    #[command(
        after_help = "Examples:\n  scanlatch completions bash > ~/.local/share/bash-completion/completions/scanlatch\n  scanlatch completions zsh > ~/.zfunc/_scanlatch"
    )]
    Completions {
        /// Which shell
        shell: Shell,
    },
}

/// Joins `--local` with a URL that follows it. Any other word after `--local` belongs to the command; only a URL's
/// beginning tells the two apart.
pub fn with_local_url(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::new();
    for word in words {
        let is_url = word.to_str().is_some_and(|text| text.starts_with("http://") || text.starts_with("https://"));
        match joined.last_mut() {
            Some(last) if is_url && last == "--local" => {
                last.push("=");
                last.push(word);
            }
            _ => joined.push(word),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::tables::LOCAL_URL;

    fn local(words: &[&str]) -> Option<String> {
        let words = words.iter().map(OsString::from);
        Options::try_parse_from(with_local_url(words)).unwrap().source.local
    }

    #[test]
    fn the_command_line_makes_sense() {
        Options::command().debug_assert();
    }

    #[test]
    fn local_takes_a_url_and_nothing_else() {
        assert_eq!(local(&["scanlatch", "--local", "tenant", "list"]).as_deref(), Some(LOCAL_URL));
        assert_eq!(local(&["scanlatch", "tenant", "list", "--local"]).as_deref(), Some(LOCAL_URL));
        for url in [&["--local", "http://localhost:4000"][..], &["--local=http://localhost:4000"]] {
            let words = [&["scanlatch"], url, &["tenant", "list"]].concat();
            assert_eq!(local(&words).as_deref(), Some("http://localhost:4000"));
        }
        assert_eq!(local(&["scanlatch", "tenant", "list"]), None);
    }
}
