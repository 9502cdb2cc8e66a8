//! Tenants, users and applications as commands name them.

use clap::Args;
use scanlatch_protocol::id::{ClientId, TenantId, UserId};
use unicode_width::UnicodeWidthStr as _;

use crate::console::table::is_obeyed;
use crate::flags::id::{client_id, user_id};

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

/// An existing tenant, where a command names something else first.
#[derive(Clone, Debug, Args)]
pub struct TenantFlag {
    /// The tenant's id, or its name if no other tenant has it
    #[arg(long, value_name = "TENANT")]
    pub tenant: String,
}

/// An application of a tenant.
#[derive(Clone, Debug, Args)]
pub struct NamedClient {
    #[command(flatten)]
    pub of: TenantFlag,
    /// The application's id
    #[arg(value_parser = client_id)]
    pub id: ClientId,
}

/// Reads an application's name.
///
/// # Errors
/// One sentence that says what is wrong with it.
pub fn client_name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_shown = text.width() > 0 && !text.chars().any(is_obeyed);
    if is_shown && text.chars().count() <= 64 {
        Ok(text.to_owned())
    } else {
        Err("a name is 1 to 64 characters that are shown, on one line".to_owned())
    }
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
    fn an_applications_name_is_what_people_can_read() {
        assert_eq!(client_name(" Größe 用户 👩‍💻 "), Ok("Größe 用户 👩‍💻".to_owned()));
        assert!(client_name(&"a".repeat(64)).is_ok());
        for bad in ["", "  ", "a\nb", "\u{200b}", "Bank\u{202e}knaB", "a\u{1b}[2J", &"a".repeat(65)] {
            assert!(client_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_name_cannot_be_taken_for_an_id() {
        assert_eq!(tenant_name(" Acme Ltd "), Ok("Acme Ltd".to_owned()));
        let id = TenantId::from_random([7; 16]).to_string();
        for bad in ["", "  ", "a\nb", &id, &"a".repeat(101)] {
            assert!(tenant_name(bad).is_err(), "{bad:?}");
        }
    }
}
