//! The limits of a stage's routes, as its properties give them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_yaml_ng::Value;

use crate::cloudformation::intrinsics::Scope;
use crate::gateway::throttle::{Throttle, Throttles};

/// Reads `DefaultRouteSettings` and `RouteSettings` of an API's properties.
///
/// # Errors
/// If a limit is no number.
pub(super) fn read(properties: &Value, scope: &Scope) -> Result<Throttles> {
    let default = throttle(&properties["DefaultRouteSettings"], scope)?;
    let mut routes = BTreeMap::new();
    for (key, settings) in properties["RouteSettings"].as_mapping().into_iter().flatten() {
        let key = key.as_str().context("a route key of RouteSettings is no text")?;
        if let Some(throttle) = throttle(settings, scope).with_context(|| format!("the route {key}"))? {
            routes.insert(key.to_owned(), throttle);
        }
    }
    Ok(Throttles::new(default, routes))
}

fn throttle(settings: &Value, scope: &Scope) -> Result<Option<Throttle>> {
    let number = |name: &str| match &settings[name] {
        Value::Null => Ok(None),
        value => scope.text(value)?.parse::<f64>().map(Some).with_context(|| format!("{name} is no number")),
    };
    let limits = number("ThrottlingRateLimit")?.zip(number("ThrottlingBurstLimit")?);
    Ok(limits.map(|(rate, burst)| Throttle { rate, burst }))
}
