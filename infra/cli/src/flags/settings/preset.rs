//! The flag that gives the values of a preset.

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Arg, ArgMatches};
use scanlatch_protocol::tenant::settings::Preset;

pub(super) fn preset_flag() -> Arg {
    let presets = PossibleValuesParser::new(Preset::ALL.map(Preset::as_str));
    let presets = presets.try_map(|text| Preset::from_text(&text).ok_or("is no preset"));
    let help = "Set at once what protects logins; single flags that are given beside it win";
    Arg::new("preset").long("preset").value_name("PRESET").value_parser(presets).help(help)
}

pub(super) fn preset_given(matches: &ArgMatches) -> Option<Preset> {
    matches.get_one("preset").copied()
}
