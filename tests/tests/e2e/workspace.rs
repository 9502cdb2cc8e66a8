//! The workspace's rules about its own structure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use scanlatch_local::cloudformation::template::Template;
use scanlatch_tests::BEHIND_EDGE;
use serde_json::Value;

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Each workspace crate with the workspace crates that it depends on, without dev-dependencies.
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
        // The benchmarks are deployed no more than tests are.
        let for_tests = package == "scanlatch-benchmarks" || !dependencies.contains("scanlatch-testkit");
        assert!(for_tests, "{package} must need scanlatch-testkit for tests only");
        let allowed: &[&str] = match package.as_str() {
            "scanlatch-protocol" => &[],
            "scanlatch-client" | "scanlatch-rsa" | "scanlatch-service" => &["scanlatch-protocol"],
            "scanlatch-runtime" => &["scanlatch-protocol", "scanlatch-service"],
            "scanlatch-aws" | "scanlatch-testkit" => &["scanlatch-protocol", "scanlatch-rsa", "scanlatch-service"],
            // The handlers of the exact routes, behind a greedy one.
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

/// Each crate with its features, as Cargo builds it for these members.
fn built_for(members: &[&str]) -> Result<BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--prefix=none", "--format={p} {f}"])
        .args(members)
        .current_dir(repository())
        .output()?;
    anyhow::ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    // The mark of what is listed above already.
    let crates = String::from_utf8(output.stdout)?.lines().map(|line| line.replace(" (*)", "")).collect();
    Ok(crates)
}

#[test]
fn cargo_run_and_the_tests_share_what_they_build() -> Result<()> {
    const NOT_FOR_TESTS: &str = "--edges=normal,build";
    let tested = built_for(&["--workspace", "--edges=normal,build,dev"])?;
    // The stack builds the functions that it starts.
    let functions = template_with(&[])?.functions;
    let functions = functions.values().map(|function| format!("--package=scanlatch-{}", function.binary));
    let functions: Vec<String> = functions.collect();
    let mut by_the_stack = vec!["--package=scanlatch-local", "--package=scanlatch-cli", NOT_FOR_TESTS];
    by_the_stack.extend(functions.iter().map(String::as_str));
    for members in [[NOT_FOR_TESTS].as_slice(), &["--workspace", NOT_FOR_TESTS], &by_the_stack] {
        let built = built_for(members)?;
        let again: Vec<&String> = built.difference(&tested).collect();
        assert!(again.is_empty(), "tests ask these for other features; name them in infra/local/Cargo.toml: {again:?}");
    }
    Ok(())
}

/// A source file without its comments.
struct Source {
    path: String,
    code: String,
}

/// The sources below a folder of the repository.
fn sources(folder: &str) -> Result<Vec<Source>> {
    let mut found = Vec::new();
    let mut folders = vec![repository().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("no {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path)?;
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                let code = code.collect::<Vec<_>>().join("\n");
                found.push(Source { path: path.strip_prefix(repository())?.to_string_lossy().into_owned(), code });
            }
        }
    }
    anyhow::ensure!(!found.is_empty(), "{folder} has no sources");
    Ok(found)
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// The modules of its own crate that a source names: after `crate::`, and after `super::` where that is the crate.
fn modules(source: &Source) -> BTreeSet<&str> {
    let is_top = source.path.matches('/').count() == 3;
    let roots: &[&str] = if is_top { &["crate::", "super::"] } else { &["crate::"] };
    let named = roots.iter().flat_map(|root| source.code.split(root).skip(1));
    named
        .flat_map(|rest| match rest.strip_prefix('{') {
            None => words(rest).take(1).collect::<Vec<_>>(),
            // `{a, b::{c, d}, e}`: the first word of each part at the outer level.
            Some(group) => {
                let (mut depth, mut first, mut names) = (0_i32, true, Vec::new());
                for (at, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => first = true,
                        c if first && (c.is_alphanumeric() || c == '_') => {
                            names.extend(words(&group[at..]).next());
                            first = false;
                        }
                        _ => {}
                    }
                }
                names
            }
        })
        .collect()
}

#[test]
fn wire_types_stay_in_the_runtime_and_the_functions() -> Result<()> {
    for folder in ["shared/service/src", "shared/aws/src", "shared/protocol/src"] {
        for Source { path, code } in sources(folder)? {
            let is_wire = path.starts_with("shared/protocol/src/wire/") || path == "shared/protocol/src/lib.rs";
            assert!(is_wire || words(&code).all(|word| word != "wire"), "{path} names wire types");
        }
    }
    Ok(())
}

#[test]
fn a_status_is_the_runtimes_alone() -> Result<()> {
    let is_status = |word: &str| word.len() == 3 && word.parse().is_ok_and(|number: u16| (100..600).contains(&number));
    for folder in ["shared/protocol/src", "shared/service/src", "shared/aws/src", "functions"] {
        for Source { path, code } in sources(folder)? {
            for line in code.lines() {
                let names = words(line).any(|word| word == "StatusCode" || word == "status_code");
                let writes = line.to_lowercase().contains("status") && words(line).any(is_status);
                assert!(!names && !writes, "{path} knows a status: {line}");
            }
        }
    }
    Ok(())
}

#[test]
fn no_use_case_imports_another() -> Result<()> {
    let sources = sources("shared/service/src")?;
    let library = sources.iter().find(|source| source.path.ends_with("src/lib.rs")).context("no lib.rs")?;
    let shared = ["contract", "measure", "memory", "port", "system"];
    let public = library.code.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let use_cases: BTreeSet<&str> = public.filter(|module| !shared.contains(module)).collect();
    assert!(use_cases.contains("claim") && use_cases.contains("decide"), "{use_cases:?}");
    for source in &sources {
        let below = source.path.trim_start_matches("shared/service/src/");
        let module = below.split(['/', '.']).next().unwrap_or_default();
        if use_cases.contains(module) || ["measure", "port", "step", "system"].contains(&module) {
            let others: Vec<&str> =
                modules(source).into_iter().filter(|name| use_cases.contains(name) && *name != module).collect();
            assert!(others.is_empty(), "{} imports the use cases {others:?}", source.path);
        }
    }
    Ok(())
}

/// The template with everything that a parameter deploys.
pub(super) fn template() -> Result<Template> {
    const TENANT: &str = "7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64";
    let tenants = ["CognitoTenantId", "AuthorizerTenantId"].map(|name| format!("{name}={TENANT}"));
    template_with(&["CognitoTrigger=on", "Authorizer=on", &tenants[0], &tenants[1]])
}

/// The template with these parameters, each as `NAME=VALUE`.
pub(super) fn template_with(given: &[&str]) -> Result<Template> {
    let all = given.iter().chain(&["PublicUrl=https://login.example/v1"]).filter_map(|given| given.split_once('='));
    let parameters = all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Template::read(&repository().join("infra/template.yaml"), &parameters)
}

#[test]
fn screens_are_told_the_socket_of_their_kind_of_domains() -> Result<()> {
    let (public, socket) = (("PublicHost", "api.example.com"), ("SocketHost", "api-ws.example.com"));
    let cloudfront = ("PublicUrl", "https://d1.cloudfront.example/v1");
    for (domains, given, expected) in [
        ("none", vec![], "wss://SocketApi.execute-api.us-east-1.amazonaws.com/ws-v1-challenge"),
        ("one-host", vec![cloudfront], "wss://d1.cloudfront.example/ws-v1-challenge"),
        ("one-host", vec![public], "wss://api.example.com/ws-v1-challenge"),
        ("one-host", vec![public, socket], "wss://api-ws.example.com/ws-v1-challenge"),
        ("two-hosts", vec![public, socket], "wss://api-ws.example.com/ws-v1-challenge"),
    ] {
        // What the template's rules ask of these domains.
        let edge = BEHIND_EDGE.iter().filter_map(|flag| flag.split_once('=')).filter(|_| domains == "one-host");
        let certificate = ("CertificateArn", "arn:aws:acm:us-east-1:111122223333:certificate/1");
        let parameters = edge.chain(given).chain([("Domains", domains), certificate]);
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let template = Template::read(&repository().join("infra/template.yaml"), &parameters)?;
        assert_eq!(template.variable("SOCKET_URL")?, expected, "{domains}");
    }
    Ok(())
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
