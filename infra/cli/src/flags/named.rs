//! Tenants and users as commands name them.

use clap::Args;
use scanlatch_protocol::id::{TenantId, UserId};

use crate::flags::id::user_id;

/// An existing tenant.
#[derive(Clone, Debug, Args)]
pub struct NamedTenant {
    /// The tenant's id, or its name if no other tenant has it
    #[arg(value_name = "TENANT")]
    pub tenant: String,
}

/// A user of a tenant.
#[derive(Clone, Debug, Args)]
pub struct NamedUser {
    #[command(flatten)]
    pub named: NamedTenant,
    /// The user's id
    #[arg(value_parser = user_id)]
    pub user: UserId,
}

/// Reads a tenant's name.
///
/// # Errors
/// One sentence that says what is wrong with it.
pub fn tenant_name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if !(1..=100).contains(&text.chars().count()) || text.chars().any(char::is_control) {
        return Err("a name is 1 to 100 characters on one line".to_owned());
    }
    if TenantId::parse(text).is_ok() {
        return Err("a name that looks like an id would be taken for one".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_be_taken_for_an_id() {
        assert_eq!(tenant_name(" Acme Ltd "), Ok("Acme Ltd".to_owned()));
        let id = TenantId::from_random([7; 16]).to_string();
        for bad in ["", "  ", "a\nb", &id, &"a".repeat(101)] {
            assert!(tenant_name(bad).is_err(), "{bad:?}");
        }
    }
}
