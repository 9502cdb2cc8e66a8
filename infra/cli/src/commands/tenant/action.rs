//! `scanlatch tenant action`.

use clap::Args;
use scanlatch_protocol::id::ActionCode;
use scanlatch_protocol::tenant::Tenant;
use serde_json::json;

use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::console::table::pairs;
use crate::flags::id::action_code;
use crate::flags::named::NamedTenant;
use crate::flags::settings::{RulesFlags, rule_pairs};
use crate::work::Work;

/// `tenant action`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    #[command(flatten)]
    named: NamedTenant,
    /// The action's code, as screens and backends name it
    #[arg(value_parser = action_code)]
    action: ActionCode,
    #[command(flatten)]
    rules: RulesFlags,
}

/// Changes the rules that the flags give, and says what then holds.
///
/// # Errors
/// One sentence that says why it failed.
pub async fn run(work: &Work, flags: Flags) -> Result<(), CommandError> {
    let before = work.tenant(&flags.named.tenant).await?;
    let action = flags.action;
    let after = Tenant { settings: flags.rules.apply(&before.settings, &action), ..before.clone() };
    if after != before {
        work.check(&before.settings, &after.settings)?;
        work.change(&before, &after).await?;
    } else if flags.rules.is_given() {
        tell("Nothing to change.");
    }
    let document = json!({
        "tenantId": after.id.to_string(),
        "action": action.as_str(),
        "rules": after.settings.rules(&action),
        "own": after.settings.action_rules.get(&action).copied().unwrap_or_default(),
    });
    work.output.answer(&document, || {
        let named = [("Tenant", &after.name[..]), ("Action", action.as_str())];
        let named = named.map(|(name, value)| (name.to_owned(), Some(value.to_owned())));
        pairs(&named.into_iter().chain(rule_pairs(&after.settings, &action)).collect::<Vec<_>>())
    })
}
