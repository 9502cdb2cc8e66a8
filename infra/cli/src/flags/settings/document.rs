//! Generates `docs/settings.md` from the table of settings.

use std::fmt::Write as _;
use std::path::Path;

use scanlatch_protocol::tenant::settings::{
    Contradiction, MAX_ACTIONS_WITH_RULES, Preset, SETTINGS, Setting, Settings,
};

use super::{name, none_name, shown, values};

const HEAD: &str = "\
# Settings of a tenant

`scanlatch tenant create` and `scanlatch tenant update` take these flags. `scanlatch tenant show --json` and the stored
tenant have the same settings under the names of the second column, with durations in milliseconds.

| Flag | Name | Values | Default | Meaning | Protects | Costs |
|---|---|---|---|---|---|---|
";

const PRESETS: &str = "
## Presets

`--preset` gives ten settings at once and leaves the others alone. Single flags that are given beside it win. A preset is
not stored: `scanlatch tenant show` names the nearest one, and the settings that differ from it.

- `standard` is for tenants whose screens or phones are those of the official SDKs. These work as they are.
- `strict` is for screens that can show a number, as those of this project do. A person enters it on each login.
- `payment` is for what must not happen twice or in a stranger's name. Only the backend opens challenges, and validates
  each result token once.

No preset stops a live relay: [threat-model.md](threat-model.md).

";

const ACTIONS: &str = "
## Rules of an action

`scanlatch tenant action TENANT ACTION` shows what holds for one action, and gives it rules of its own. `inherit` leaves a
rule with the tenant, and `--clear` all of them. `--preset` gives the action the preset's values of these four rules, so
that a later change of the tenant's does not reach it; all other settings stay the tenant's. The tenant keeps the rules
as `actionRules`.

";

const REFUSED: &str = "
## Refused

A change that contradicts itself is refused before anything is written. The command ends with exit code 2.

";

const PLACES: &str = "
`scanlatch` works on the tables and cannot see the edge. `--places`, or `SCANLATCH_PLACES=on`, says that the stack has one,
as its output `EdgeHost` shows. The local stack says it by itself, and a context keeps it.

A change that requires a number is made with a warning: official screens cannot show one.
";

fn row(cells: impl IntoIterator<Item = String>) -> String {
    format!("| {} |\n", cells.into_iter().collect::<Vec<_>>().join(" | "))
}

fn settings() -> String {
    let default = Settings::default();
    let line = |setting: &Setting| {
        let flags = [Some(name(setting)), none_name(setting).map(str::to_owned)];
        let flags: Vec<String> = flags.into_iter().flatten().map(|flag| format!("`--{flag}`")).collect();
        let Setting { kind, meaning, protects, costs, .. } = *setting;
        let values = [format!("`{}`", setting.name), values(kind), shown(&default, kind)];
        row([flags.join(", ")].into_iter().chain(values).chain([meaning, protects, costs].map(str::to_owned)))
    };
    SETTINGS.iter().map(line).collect()
}

fn presets() -> String {
    let names = Preset::ALL.map(|preset| format!("`{}`", preset.as_str()));
    let mut table = row(["Name".to_owned()].into_iter().chain(names));
    table.push_str("|---|---|---|---|\n");
    for setting in Preset::covers() {
        let values = Preset::ALL.map(|preset| shown(&preset.settings(), setting.kind));
        table.push_str(&row([format!("`{}`", setting.name)].into_iter().chain(values)));
    }
    table
}

fn rules() -> String {
    let mut list = String::new();
    for setting in SETTINGS.iter().filter(|setting| setting.per_action.is_some()) {
        let _ = writeln!(list, "- `--{}`: {}, inherit", name(setting), values(setting.kind));
    }
    let _ = writeln!(list, "\nAt most {MAX_ACTIONS_WITH_RULES} actions of a tenant have rules of their own.");
    list
}

fn refused() -> String {
    let sentences = [
        Contradiction::TokenOutlivesApproval,
        Contradiction::NumberIsOff(None),
        Contradiction::NoPlaces(None),
        Contradiction::NothingVerifiesAttestation,
    ];
    let sentences = sentences.map(|why| format!("- {}.\n", sentence(&why.to_string())));
    sentences.concat()
}

fn sentence(text: &str) -> String {
    text[..1].to_ascii_uppercase() + &text[1..]
}

fn document() -> String {
    let parts = [HEAD, &settings(), PRESETS, &presets(), ACTIONS, &rules(), REFUSED, &refused(), PLACES];
    parts.concat()
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
