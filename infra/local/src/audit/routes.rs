//! Routes: the template, the specifications and the recorded calls name the same ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_yaml_ng::Value;

use super::Evidence;
use crate::cloudformation::template::Template;

/// The route keys that the specifications name; `None` if there is no specification.
#[derive(Clone, Debug, Default)]
pub struct Specifications {
    /// Such as `GET /users`.
    pub http: Option<BTreeSet<String>>,
    /// Such as `$connect`.
    pub socket: Option<BTreeSet<String>>,
}

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Specifications {
    /// Reads an `OpenAPI` file's paths and an `AsyncAPI` file's operations, each of which names its route key by
    /// `x-route-key`.
    ///
    /// # Errors
    /// If a file cannot be read or names none.
    pub fn read(openapi: Option<&Path>, asyncapi: Option<&Path>) -> Result<Self> {
        let document = |path: &Path| -> Result<Value> {
            let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
            serde_yaml_ng::from_str(&text).with_context(|| format!("{} is no YAML", path.display()))
        };
        let http = openapi.map(|path| paths(&document(path)?).with_context(|| format!("in {}", path.display())));
        let socket =
            asyncapi.map(|path| operations(&document(path)?).with_context(|| format!("in {}", path.display())));
        Ok(Self { http: http.transpose()?, socket: socket.transpose()? })
    }
}

fn paths(document: &Value) -> Result<BTreeSet<String>> {
    let mut keys = BTreeSet::new();
    for (path, item) in document["paths"].as_mapping().context("there are no paths")? {
        let path = path.as_str().context("a path is no text")?;
        let methods = METHODS.iter().filter(|method| !item[**method].is_null());
        keys.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    Ok(keys)
}

fn operations(document: &Value) -> Result<BTreeSet<String>> {
    let operations = document["operations"].as_mapping().context("there are no operations")?;
    Ok(operations.values().filter_map(|operation| operation["x-route-key"].as_str()).map(str::to_owned).collect())
}

pub(super) fn disagreements(template: &Template, evidence: &Evidence, specifications: &Specifications) -> Vec<String> {
    let routes = template.http.routes.iter().map(|route| (route.key(), route.function.clone())).collect();
    let http = Routes { template: routes, called: &evidence.routes, specified: specifications.http.as_ref() };
    let routes = template.socket.routes.iter().map(|(key, route)| (key.clone(), route.function.clone())).collect();
    let socket =
        Routes { template: routes, called: &evidence.socket_routes, specified: specifications.socket.as_ref() };
    let mut sentences = http.disagreements("the OpenAPI file", |key| key == "$default" || key.ends_with("+}"));
    sentences.extend(socket.disagreements("the AsyncAPI file", |_| false));
    sentences
}

/// Routes of one API in the template, the recorded calls and the specification; functions by route key.
struct Routes<'a> {
    template: BTreeMap<String, String>,
    called: &'a BTreeSet<(String, String)>,
    specified: Option<&'a BTreeSet<String>>,
}

impl Routes<'_> {
    /// One sentence for each route that is missing somewhere, and for each that another function answered. Catch-all
    /// routes cannot be specified.
    fn disagreements(&self, file: &str, catches_the_rest: impl Fn(&str) -> bool) -> Vec<String> {
        let called: BTreeSet<&str> = self.called.iter().map(|(key, _)| key.as_str()).collect();
        let mut keys: BTreeSet<&str> = self.template.keys().map(String::as_str).chain(called.iter().copied()).collect();
        keys.extend(self.specified.into_iter().flatten().map(String::as_str));
        let mut sentences = Vec::new();
        for key in keys {
            let mut places = vec![
                (self.template.contains_key(key), "is in the template".to_owned(), "is not in the template".to_owned()),
                (called.contains(key), "was called".to_owned(), "no test called it".to_owned()),
            ];
            if let Some(specified) = self.specified.filter(|_| !catches_the_rest(key)) {
                places.push((specified.contains(key), format!("is in {file}"), format!("is not in {file}")));
            }
            let (has, lacks): (Vec<_>, Vec<_>) = places.into_iter().partition(|(has, ..)| *has);
            if !lacks.is_empty() {
                let has: Vec<String> = has.into_iter().map(|(_, says, _)| says).collect();
                let lacks: Vec<String> = lacks.into_iter().map(|(.., says)| says).collect();
                sentences.push(format!("{key} {}, but {}", has.join(" and "), lacks.join(" and ")));
            }
        }
        for (key, function) in self.called {
            if let Some(expected) = self.template.get(key).filter(|expected| *expected != function) {
                sentences.push(format!("{key} was answered by {function}, but the template gives it to {expected}"));
            }
        }
        sentences
    }
}
