//! The template, as far as this stack can run it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_yaml_ng::Value;

use crate::cloudformation::intrinsics::{Scope, target};
use crate::cloudformation::parameters;
use crate::cloudformation::throttles;
use crate::gateway::api::{HttpApi, Route, SocketApi, SocketRoute};
use crate::gateway::cors::Cors;
use crate::iam::partitions::Partitions;
use crate::iam::policy::Policy;
use crate::lambda::function::Function;

/// The stack that a template describes.
#[derive(Clone, Debug)]
pub struct Template {
    /// Functions by logical id.
    pub functions: BTreeMap<String, Function>,
    /// The HTTP API.
    pub http: HttpApi,
    /// The WebSocket API.
    pub socket: SocketApi,
    /// The kinds of partitions that policies name.
    pub partitions: Partitions,
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
    pub fn parse(text: &str, given: &BTreeMap<String, String>) -> Result<Self> {
        let document: Value = serde_yaml_ng::from_str(text)?;
        let scope = Scope {
            parameters: parameters::values(&document["Parameters"], given)?,
            resources: BTreeMap::new(),
            conditions: document["Conditions"].clone(),
            mappings: document["Mappings"].clone(),
        };
        parameters::keep(&document["Rules"], &scope)?;
        let resources = present(&document["Resources"], &scope)?;
        let types = resources
            .iter()
            .filter_map(|(id, resource)| Some(((*id).to_owned(), resource["Type"].as_str()?.to_owned())));
        let scope = Scope { resources: types.collect(), ..scope };
        let globals = &document["Globals"]["Function"];
        let of_type = |kind: &'static str| {
            resources.iter().filter(move |(_, resource)| resource["Type"].as_str() == Some(kind)).copied()
        };
        let mut functions = BTreeMap::new();
        let mut routes = Vec::new();
        let mut partitions = Partitions::read(&document["Mappings"]);
        for (id, resource) in of_type("AWS::Serverless::Function") {
            let function = boundary(resource, globals, &document["Resources"], &scope)
                .and_then(|boundary| function(resource, globals, boundary, &scope))
                .with_context(|| format!("the function {id}"))?;
            let patterns = function.policy.statements.iter().filter_map(|statement| statement.leading_keys.as_ref());
            patterns.flatten().for_each(|pattern| partitions.add(pattern));
            functions.insert(id.to_owned(), function);
            routes.extend(routes_of(id, resource));
        }
        let (id, api) = of_type("AWS::Serverless::HttpApi").next().context("there is no HTTP API")?;
        let stage = scope.text(&api["Properties"]["StageName"]).with_context(|| format!("the stage of {id}"))?;
        let cors = scope.value(&api["Properties"]["CorsConfiguration"]).with_context(|| format!("the API {id}"))?;
        let throttles = throttles::read(&api["Properties"], &scope).with_context(|| format!("the API {id}"))?;
        let behind_cloudfront = of_type("AWS::CloudFront::Distribution").next().is_some();
        let patience = Duration::from_secs(30);
        let http = HttpApi { stage, routes, cors: Cors::read(&cors), throttles, patience, behind_cloudfront };
        let (id, api) = of_type("AWS::Serverless::WebSocketApi").next().context("there is no WebSocket API")?;
        let responding = of_type("AWS::ApiGatewayV2::RouteResponse").next().is_some();
        let socket = socket(id, &api["Properties"], responding, &scope).with_context(|| format!("the API {id}"))?;
        Ok(Self { functions, http, socket, partitions })
    }

    /// Any function, for what is the same in all.
    ///
    /// # Errors
    /// If there is none.
    pub fn any_function(&self) -> Result<&Function> {
        self.functions.values().next().context("the template has no function")
    }

    /// A variable that every function has.
    ///
    /// # Errors
    /// If it is not set.
    pub fn variable(&self, name: &str) -> Result<&str> {
        let variables = &self.any_function()?.environment;
        variables.get(name).map(String::as_str).with_context(|| format!("the template sets no {name}"))
    }
}

/// The resources without a condition, and those whose condition holds.
fn present<'d>(resources: &'d Value, scope: &Scope) -> Result<Vec<(&'d str, &'d Value)>> {
    let mut present = Vec::new();
    for (id, resource) in resources.as_mapping().context("there are no Resources")? {
        let id = id.as_str().context("a logical id is no text")?;
        let holds = resource["Condition"].as_str().map_or(Ok(true), |condition| scope.holds(condition));
        if holds.with_context(|| format!("the resource {id}"))? {
            present.push((id, resource));
        }
    }
    Ok(present)
}

/// The policy document of the permissions boundary, if there is one.
fn boundary<'d>(resource: &Value, globals: &Value, resources: &'d Value, scope: &Scope) -> Result<Option<&'d Value>> {
    let levels = [&resource["Properties"], globals];
    let Some(named) = levels.map(|level| &level["PermissionsBoundary"]).into_iter().find(|named| !named.is_null())
    else {
        return Ok(None);
    };
    let document = target(scope.branch(named)?).map(|id| &resources[id]["Properties"]["PolicyDocument"]);
    let document = document.filter(|document| !document.is_null());
    document.map(Some).context("its PermissionsBoundary is written elsewhere; write it out in the template")
}

fn function(resource: &Value, globals: &Value, boundary: Option<&Value>, scope: &Scope) -> Result<Function> {
    let binary = resource["Metadata"]["BuildProperties"]["Binary"]
        .as_str()
        .context("has no Metadata.BuildProperties.Binary, which names its package")?;
    let properties = &resource["Properties"];
    let mut environment = BTreeMap::new();
    for variables in [globals, properties].map(|level| &level["Environment"]["Variables"]) {
        for (name, value) in variables.as_mapping().into_iter().flatten() {
            let name = name.as_str().context("a variable's name is no text")?;
            let value = scope.value(value).with_context(|| format!("the variable {name}"))?;
            if !value.is_null() {
                let text = scope.text(&value).with_context(|| format!("the variable {name}"))?;
                environment.insert(name.to_owned(), text);
            }
        }
    }
    let number = |name: &str, default: u64| match [&properties[name], &globals[name]].into_iter().find(|n| !n.is_null())
    {
        None => Ok(default),
        Some(number) => scope.text(number)?.parse().with_context(|| format!("its {name} is no number")),
    };
    ensure!(
        properties["Role"].is_null(),
        "has a Role; write its Policies out, so that they can be held against the code"
    );
    let boundary = boundary.map(|document| scope.value(document)).transpose()?;
    Ok(Function {
        binary: binary.to_owned(),
        environment,
        timeout: Duration::from_secs(number("Timeout", 3)?),
        memory: number("MemorySize", 128)?,
        policy: Policy::read(&scope.value(&properties["Policies"])?, boundary.as_ref())?,
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

fn socket(id: &str, properties: &Value, responding: bool, scope: &Scope) -> Result<SocketApi> {
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
        id: id.to_owned(),
        stage: scope.text(&properties["StageName"]).context("the stage")?,
        selection: properties["RouteSelectionExpression"].as_str().unwrap_or_default().to_owned(),
        routes,
        throttles: throttles::read(properties, scope)?,
        patience: Duration::from_secs(29),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::access::Access;
    use crate::iam::arn;

    const TEMPLATE: &str = r#"
Parameters:
  Edge: { Type: String, Default: "" }
  Days: { Type: Number, Default: 14 }
  Hosts: { Type: CommaDelimitedList, Default: "a, b" }
Conditions:
  HasEdge: !Not [!Equals [!Ref Edge, ""]]
Mappings:
  Partitions: { User: { Keys: ["U#*", "V#*"] } }
Globals:
  Function:
    Timeout: !Ref Days
    PermissionsBoundary: !Ref Boundary
    Environment: { Variables: { DAYS: !Ref Days, FIRST: !Select [0, !Ref Hosts], EDGE: !If [HasEdge, !Ref Edge, !Ref AWS::NoValue] } }
Resources:
  Http: { Type: AWS::Serverless::HttpApi, Properties: { StageName: v1 } }
  Socket: { Type: AWS::Serverless::WebSocketApi, Properties: { StageName: ws } }
  Table: { Type: AWS::DynamoDB::Table }
  Boundary:
    Type: AWS::IAM::ManagedPolicy
    Properties: { PolicyDocument: { Statement: { Effect: Allow, Action: "dynamodb:*", Resource: !GetAtt Table.Arn } } }
  Always:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: always } }
    Properties:
      Policies:
        Statement:
          Effect: Allow
          Action: [dynamodb:GetItem, kms:Decrypt]
          Resource: [!GetAtt Table.Arn, "*"]
          Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [!FindInMap [Partitions, User, Keys]] } }
  Sometimes:
    Type: AWS::Serverless::Function
    Condition: HasEdge
    Metadata: { BuildProperties: { Binary: sometimes } }
    Properties: { Events: { Call: { Type: HttpApi, Properties: { Method: GET, Path: /edge } } } }
"#;

    fn read(text: &str, edge: &str) -> Result<Template> {
        Template::parse(text, &BTreeMap::from([("Edge".to_owned(), edge.to_owned())]))
    }

    #[test]
    fn what_a_condition_rules_out_is_not_there() {
        let without = read(TEMPLATE, "").unwrap();
        assert_eq!(without.functions.keys().collect::<Vec<_>>(), ["Always"]);
        assert!(without.http.routes.is_empty());
        assert_eq!(without.functions["Always"].environment.get("EDGE"), None);
        let with = read(TEMPLATE, "secret").unwrap();
        assert_eq!(with.http.routes[0].key(), "GET /edge");
        assert_eq!(with.functions["Always"].environment["EDGE"], "secret");
    }

    #[test]
    fn numbers_and_lists_are_parameters_too() {
        let function = &read(TEMPLATE, "").unwrap().functions["Always"];
        assert_eq!((function.environment["DAYS"].as_str(), function.environment["FIRST"].as_str()), ("14", "a"));
        assert_eq!(function.timeout, Duration::from_secs(14));
    }

    #[test]
    fn a_function_may_what_its_policy_and_its_boundary_allow() {
        let policy = &read(TEMPLATE, "").unwrap().functions["Always"].policy;
        let access = |action: &str, table: &str, key: &str| Access {
            action: action.to_owned(),
            resource: arn::table(table),
            leading_keys: vec![key.to_owned()],
            besides: Vec::new(),
            encryption_context: BTreeMap::new(),
        };
        assert!(policy.allows(&access("dynamodb:GetItem", "Table", "V#1")));
        assert!(!policy.allows(&access("dynamodb:GetItem", "Table", "W#1")));
        assert!(!policy.allows(&access("dynamodb:GetItem", "Other", "V#1")));
        assert!(!policy.allows(&Access::plain("kms:Decrypt", arn::key("Key"))));
    }

    #[test]
    fn a_boundary_is_the_one_that_a_condition_chooses() {
        let text = TEMPLATE.replacen("!Ref Boundary", "!If [HasEdge, !Ref Edge, !Ref Boundary]", 1);
        let policy = |text: &str| read(text, "").unwrap().functions["Always"].policy.clone();
        assert_eq!(policy(&text), policy(TEMPLATE));
        let error = format!("{:#}", read(&text, "elsewhere").unwrap_err());
        assert!(error.contains("its PermissionsBoundary is written elsewhere"), "{error}");
    }

    #[test]
    fn permissions_that_are_written_elsewhere_are_refused_with_the_functions_name() {
        for (from, to, why) in [
            ("Policies:\n", "Role: somebody\n      Policies:\n", "has a Role; write its Policies out"),
            (
                "Policies:\n",
                "PermissionsBoundary: arn:aws:iam::1:policy/x\n      Policies:\n",
                "its PermissionsBoundary is",
            ),
            (
                "Statement:\n          Effect",
                "Statement:\n          Effect: Deny\n          Sid",
                "an Effect other than Allow",
            ),
        ] {
            let error = format!("{:#}", read(&TEMPLATE.replacen(from, to, 1), "").unwrap_err());
            assert!(error.starts_with("the function Always: ") && error.contains(why), "{error}");
        }
    }
}
