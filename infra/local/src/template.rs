//! What the template describes, as far as it can run here.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_yaml_ng::Value;

use crate::cors::Cors;
use crate::intrinsics::{Scope, target};

/// The stack that a template describes.
#[derive(Clone, Debug)]
pub struct Template {
    /// Functions by logical id.
    pub functions: BTreeMap<String, Function>,
    /// The HTTP API.
    pub http: HttpApi,
    /// The WebSocket API.
    pub socket: SocketApi,
}

/// A Lambda function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Package and binary.
    pub binary: String,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// Megabytes, for the environment only.
    pub memory: u64,
}

/// An HTTP API.
#[derive(Clone, Debug)]
pub struct HttpApi {
    /// The stage, which is the first path segment.
    pub stage: String,
    /// Routes in the template's order.
    pub routes: Vec<Route>,
    /// What it does about CORS.
    pub cors: Option<Cors>,
}

/// One route of an HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Method and path; absent for `$default`.
    pub matches: Option<(String, String)>,
    /// The function's logical id.
    pub function: String,
}

/// A WebSocket API.
#[derive(Clone, Debug)]
pub struct SocketApi {
    /// The stage, which is the first path segment.
    pub stage: String,
    /// Such as `$request.body.type`.
    pub selection: String,
    /// Routes by key.
    pub routes: BTreeMap<String, SocketRoute>,
}

/// One route of a WebSocket API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketRoute {
    /// The function's logical id.
    pub function: String,
    /// Whether the function's reply goes back on the socket.
    pub responds: bool,
}

impl Template {
    /// Reads a template's file.
    ///
    /// # Errors
    /// One sentence that names what is missing or not understood.
    pub fn read(path: &Path, parameters: &BTreeMap<String, String>) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the template {} cannot be read; --template names another", path.display()))?;
        Self::parse(&text, parameters).with_context(|| format!("in {}", path.display()))
    }

    /// Reads a template's text.
    ///
    /// # Errors
    /// One sentence that names what is missing or not understood.
    pub fn parse(text: &str, parameters: &BTreeMap<String, String>) -> Result<Self> {
        let document: Value = serde_yaml_ng::from_str(text)?;
        let resources = document["Resources"].as_mapping().context("there are no Resources")?;
        let resources: Vec<(&str, &Value)> =
            resources.iter().filter_map(|(id, resource)| Some((id.as_str()?, resource))).collect();
        let scope = Scope {
            parameters: defaults(&document["Parameters"]).into_iter().chain(parameters.clone()).collect(),
            resources: resources.iter().map(|(id, _)| (*id).to_owned()).collect(),
        };
        let globals = &document["Globals"]["Function"];
        let of_type = |kind: &'static str| {
            resources.iter().filter(move |(_, resource)| resource["Type"].as_str() == Some(kind)).copied()
        };
        let mut functions = BTreeMap::new();
        let mut routes = Vec::new();
        for (id, resource) in of_type("AWS::Serverless::Function") {
            let function = function(resource, globals, &scope).with_context(|| format!("the function {id}"))?;
            functions.insert(id.to_owned(), function);
            routes.extend(routes_of(id, resource));
        }
        let (id, api) = of_type("AWS::Serverless::HttpApi").next().context("there is no HTTP API")?;
        let http = HttpApi {
            stage: scope.text(&api["Properties"]["StageName"]).with_context(|| format!("the stage of {id}"))?,
            routes,
            cors: Cors::read(&api["Properties"]["CorsConfiguration"]),
        };
        let (id, api) = of_type("AWS::Serverless::WebSocketApi").next().context("there is no WebSocket API")?;
        let responding = of_type("AWS::ApiGatewayV2::RouteResponse").next().is_some();
        let socket = socket(&api["Properties"], responding, &scope).with_context(|| format!("the API {id}"))?;
        Ok(Self { functions, http, socket })
    }
}

/// The parameters' defaults and AWS's own pseudo parameters.
fn defaults(parameters: &Value) -> BTreeMap<String, String> {
    let pseudo = [
        ("AWS::Region", "us-east-1"),
        ("AWS::AccountId", "000000000000"),
        ("AWS::Partition", "aws"),
        ("AWS::URLSuffix", "amazonaws.com"),
        ("AWS::StackName", "local"),
    ];
    let declared =
        parameters.as_mapping().into_iter().flatten().filter_map(|(name, parameter)| {
            Some((name.as_str()?.to_owned(), parameter["Default"].as_str()?.to_owned()))
        });
    pseudo.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().chain(declared).collect()
}

fn function(resource: &Value, globals: &Value, scope: &Scope) -> Result<Function> {
    let binary = resource["Metadata"]["BuildProperties"]["Binary"]
        .as_str()
        .context("has no Metadata.BuildProperties.Binary, which names its package")?;
    let properties = &resource["Properties"];
    let mut environment = BTreeMap::new();
    for variables in [globals, properties].map(|level| &level["Environment"]["Variables"]) {
        for (name, value) in variables.as_mapping().into_iter().flatten() {
            let name = name.as_str().context("a variable's name is no text")?;
            let value = scope.text(value).with_context(|| format!("the variable {name}"))?;
            environment.insert(name.to_owned(), value);
        }
    }
    let number = |name: &str, default| properties[name].as_u64().or(globals[name].as_u64()).unwrap_or(default);
    Ok(Function {
        binary: binary.to_owned(),
        environment,
        timeout: Duration::from_secs(number("Timeout", 3)),
        memory: number("MemorySize", 128),
    })
}

fn routes_of(id: &str, resource: &Value) -> Vec<Route> {
    let events = resource["Properties"]["Events"].as_mapping().into_iter().flatten().map(|(_, event)| event);
    events
        .filter(|event| event["Type"].as_str() == Some("HttpApi"))
        .map(|event| {
            let text = |name: &str| event["Properties"][name].as_str().map(str::to_owned);
            Route { matches: text("Method").zip(text("Path")), function: id.to_owned() }
        })
        .collect()
}

fn socket(properties: &Value, responding: bool, scope: &Scope) -> Result<SocketApi> {
    let mut routes = BTreeMap::new();
    for (key, route) in properties["Routes"].as_mapping().into_iter().flatten() {
        let key = key.as_str().context("a route key is no text")?;
        let Some(function) = target(&route["FunctionArn"]) else {
            bail!("the route {key} has no FunctionArn that names a function");
        };
        let selects = route["RouteResponseSelectionExpression"].as_str() == Some("$default");
        let route = SocketRoute { function: function.to_owned(), responds: selects && responding };
        routes.insert(key.to_owned(), route);
    }
    Ok(SocketApi {
        stage: scope.text(&properties["StageName"]).context("the stage")?,
        selection: properties["RouteSelectionExpression"].as_str().unwrap_or_default().to_owned(),
        routes,
    })
}
