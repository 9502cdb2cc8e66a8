//! Generates `docs/settings.md` from the table of settings.

use std::fmt::Write as _;
use std::path::Path;

use scanlatch_protocol::tenant::settings::{SETTINGS, Settings};

use super::{name, none_name, shown, values};

const HEAD: &str = "\
# Settings of a tenant

`scanlatch tenant create` and `scanlatch tenant update` take these flags. `scanlatch tenant show --json` and the stored
tenant have the same settings under the names of the second column, with durations in milliseconds.

| Flag | Name | Values | Default | Meaning |
|---|---|---|---|---|
";

fn document() -> String {
    let mut document = HEAD.to_owned();
    let mut default = Settings::default();
    for setting in &SETTINGS {
        let flags = [Some(name(setting)), none_name(setting).map(str::to_owned)];
        let flags: Vec<String> = flags.into_iter().flatten().map(|flag| format!("`--{flag}`")).collect();
        let (values, default) = (values(setting.kind), shown(&mut default, setting.kind));
        let (flags, name, meaning) = (flags.join(", "), setting.name, setting.meaning);
        let _ = writeln!(document, "| {flags} | `{name}` | {values} | {default} | {meaning} |");
    }
    document
}

#[test]
fn the_document_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
    if std::env::var_os("WRITE_DOCS").is_some() {
        std::fs::write(&path, document()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, document(), "run `WRITE_DOCS=1 cargo test -p scanlatch-cli the_document_is_the_table`");
}
