//! The parts of an API description that tests read.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// An API description.
#[derive(Debug)]
pub struct Document(Value);

/// One operation over HTTP.
#[derive(Debug)]
pub struct Operation<'d> {
    /// Its method, in capitals.
    pub method: String,
    /// Its path, with its parameters' names.
    pub path: &'d str,
    document: &'d Document,
    item: &'d Value,
    described: &'d Value,
}

impl Document {
    fn read(name: &str) -> Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra").join(name);
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok(Self(serde_yaml_ng::from_str(&text).with_context(|| path.display().to_string())?))
    }

    /// The description of the HTTP API.
    pub fn openapi() -> Result<Self> {
        Self::read("openapi.yaml")
    }

    /// The description of the socket.
    pub fn asyncapi() -> Result<Self> {
        Self::read("asyncapi.yaml")
    }

    /// The whole document.
    pub fn root(&self) -> &Value {
        &self.0
    }

    /// The value, or what its `$ref` points to.
    pub fn followed<'d>(&'d self, value: &'d Value) -> &'d Value {
        match value["$ref"].as_str() {
            Some(reference) => self.0.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null),
            None => value,
        }
    }

    /// Every operation.
    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let paths = self.0["paths"].as_object().into_iter().flatten();
        paths.flat_map(move |(path, item)| {
            let operations = item.as_object().into_iter().flatten().filter(|(name, _)| *name != "parameters");
            operations.map(move |(method, described)| Operation {
                method: method.to_uppercase(),
                path,
                document: self,
                item,
                described,
            })
        })
    }

    /// The operation with this id.
    pub fn operation(&self, id: &str) -> Result<Operation<'_>> {
        self.operations().find(|operation| operation.id() == id).with_context(|| format!("there is no operation {id}"))
    }
}

impl<'d> Operation<'d> {
    fn text(&self, member: &str) -> &'d str {
        self.described[member].as_str().unwrap_or_default()
    }

    /// Its `operationId`.
    pub fn id(&self) -> &'d str {
        self.text("operationId")
    }

    /// The function that serves it.
    pub fn function(&self) -> &'d str {
        self.text("x-function")
    }

    /// The first of its security schemes.
    pub fn security(&self) -> Option<&'d str> {
        self.described["security"][0].as_object()?.keys().next().map(String::as_str)
    }

    /// Its parameters, those of its path included.
    pub fn parameters(&self) -> impl Iterator<Item = &'d Value> {
        let document = self.document;
        let all = [self.item, self.described].into_iter().filter_map(|level| level["parameters"].as_array()).flatten();
        all.map(|parameter| document.followed(parameter))
    }

    /// Its responses by status.
    pub fn responses(&self) -> impl Iterator<Item = (&'d str, &'d Value)> {
        let document = self.document;
        let all = self.described["responses"].as_object().into_iter().flatten();
        all.map(|(status, response)| (status.as_str(), document.followed(response)))
    }

    /// The media type and the example of its body, if it takes one.
    pub fn request(&self) -> Option<(&'d str, &'d Value)> {
        let body = self.document.followed(self.described.get("requestBody")?);
        let (media_type, content) = body["content"].as_object()?.iter().next()?;
        Some((media_type, content.get("example")?))
    }

    /// The status of its success, and the response.
    pub fn success(&self) -> Result<(u16, &'d Value)> {
        let mut all = self.responses().filter_map(|(status, response)| Some((status.parse().ok()?, response)));
        all.find(|(status, _)| *status < 400).with_context(|| format!("{}: no success is described", self.id()))
    }

    /// The example of its successful answer.
    pub fn answer(&self) -> Result<&'d Value> {
        let (_, response) = self.success()?;
        response["content"]["application/json"].get("example").with_context(|| format!("{}: no example", self.id()))
    }

    /// The example of its answer with this status.
    pub fn refusal(&self, status: u16) -> Result<&'d Value> {
        let response = self.responses().find(|(known, _)| *known == status.to_string());
        let example = response.and_then(|(_, response)| response["content"]["application/json"].get("example"));
        example.with_context(|| format!("{}: no example of {status}", self.id()))
    }
}
