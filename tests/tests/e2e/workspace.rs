//! What the workspace promises about itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use scanlatch_local::cloudformation::template::Template;
use serde_json::Value;

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Each workspace crate with the workspace crates that it depends on, tests' own dependencies left out.
fn dependencies() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(repository())
        .output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let members: BTreeSet<String> = packages.iter().map(name).collect();
    Ok(packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().into_iter().flatten();
            let own = dependencies.filter(|d| d["kind"].is_null()).map(name).filter(|d| members.contains(d));
            (name(package), own.collect())
        })
        .collect())
}

#[test]
fn dependencies_point_one_way() -> Result<()> {
    let functions: BTreeSet<String> = std::fs::read_dir(repository().join("functions"))?
        .map(|entry| Ok(format!("scanlatch-{}", entry?.file_name().to_string_lossy())))
        .collect::<Result<_>>()?;
    for (package, dependencies) in dependencies()? {
        assert!(!dependencies.contains("scanlatch-testkit"), "{package} must need scanlatch-testkit for tests only");
        let allowed: &[&str] = match package.as_str() {
            "scanlatch-protocol" => &[],
            "scanlatch-client" | "scanlatch-service" => &["scanlatch-protocol"],
            "scanlatch-aws" | "scanlatch-runtime" | "scanlatch-testkit" => &["scanlatch-protocol", "scanlatch-service"],
            // The handlers of exact routes behind a greedy one.
            "scanlatch-users-proxy" => &[
                "scanlatch-protocol",
                "scanlatch-service",
                "scanlatch-aws",
                "scanlatch-runtime",
                "scanlatch-action-track",
                "scanlatch-actions",
                "scanlatch-authenticators",
                "scanlatch-users",
            ],
            name if functions.contains(name) => {
                &["scanlatch-protocol", "scanlatch-service", "scanlatch-aws", "scanlatch-runtime"]
            }
            _ => continue,
        };
        for dependency in dependencies {
            assert!(allowed.contains(&dependency.as_str()), "{package} must not depend on {dependency}");
        }
    }
    Ok(())
}

pub(super) fn template() -> Result<Template> {
    let parameters = BTreeMap::from([("PublicUrl".to_owned(), "https://login.example/v1".to_owned())]);
    Template::read(&repository().join("infra/template.yaml"), &parameters)
}

#[test]
fn cargo_lambda_watch_routes_are_the_templates() -> Result<()> {
    let manifest: toml::Table = std::fs::read_to_string(repository().join("Cargo.toml"))?.parse()?;
    let router = manifest["workspace"]["metadata"]["lambda"]["watch"]["router"].as_table().context("no router")?;
    let mut watched = BTreeSet::new();
    for (path, target) in router {
        match target {
            toml::Value::String(function) => {
                assert_eq!((path.as_str(), function.as_str()), ("/{*path}", "unknown-route"));
            }
            toml::Value::Array(routes) => {
                for route in routes {
                    let text = |member: &str| route[member].as_str().unwrap_or_default().to_owned();
                    watched.insert((text("method"), path.clone(), text("function")));
                }
            }
            other => anyhow::bail!("{path} leads to {other:?}"),
        }
    }
    let template = template()?;
    let routed = template.http.routes.iter().filter_map(|route| {
        let (method, path) = route.matches.clone().filter(|(_, path)| !path.ends_with("+}"))?;
        Some((method, format!("/v1{path}"), template.functions[&route.function].binary.clone()))
    });
    assert_eq!(watched, routed.collect());
    Ok(())
}

#[test]
fn every_function_is_in_the_template_and_has_its_event() -> Result<()> {
    let template = template()?;
    let binaries: BTreeSet<&str> = template.functions.values().map(|function| function.binary.as_str()).collect();
    for entry in std::fs::read_dir(repository().join("functions"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        assert!(binaries.contains(name.as_str()), "{name} is not in the template");
        assert!(repository().join(format!("events/{name}.json")).exists(), "events/{name}.json is missing");
    }
    Ok(())
}
