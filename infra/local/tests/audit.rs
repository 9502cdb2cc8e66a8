//! The audit of template and code: a run that uses everything as the template says, and what the audit says after one
//! change.

#![expect(clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use std::collections::{BTreeMap, BTreeSet};

use scanlatch_local::audit::{Evidence, Specifications, disagreements};
use scanlatch_local::cloudformation::template::Template;
use scanlatch_local::iam::arn;
use scanlatch_local::recorder::{Fact, Permission, RouteCall, SocketCall};
use serde_yaml_ng::Value;

fn document() -> Value {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
    serde_yaml_ng::from_str(&text).unwrap()
}

/// The template with everything that a parameter deploys.
fn template(document: &Value) -> Template {
    const TENANT: &str = "7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64";
    let parameters = BTreeMap::from(
        [
            ("PublicUrl", "https://login.example/v1"),
            ("CognitoTrigger", "on"),
            ("CognitoTenantId", TENANT),
            ("Authorizer", "on"),
            ("AuthorizerTenantId", TENANT),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    Template::parse(&serde_yaml_ng::to_string(document).unwrap(), &parameters).unwrap()
}

/// The recording of a run that uses everything.
fn evidence(template: &Template) -> Evidence {
    let mut evidence = Evidence::default();
    for (id, function) in &template.functions {
        for statement in &function.policy.statements {
            let keys = statement.leading_keys.iter().flatten().cloned().map(Some);
            let keys: Vec<_> = if statement.leading_keys.is_some() { keys.collect() } else { vec![None] };
            for (action, resource) in
                statement.actions.iter().flat_map(|action| statement.resources.iter().map(move |to| (action, to)))
            {
                for leading_key in keys.clone() {
                    evidence.add(Fact::Permission(Permission {
                        function: id.clone(),
                        action: action.clone(),
                        resource: arn::short(resource).to_owned(),
                        leading_key,
                    }));
                }
            }
        }
    }
    for route in &template.http.routes {
        evidence.add(Fact::Route(RouteCall {
            method: route.method().to_owned(),
            path: route.path().to_owned(),
            function: route.function.clone(),
            status: 200,
        }));
    }
    for (key, route) in &template.socket.routes {
        evidence.add(Fact::SocketRoute(SocketCall { key: key.clone(), function: route.function.clone() }));
    }
    evidence
}

/// Specifications with every route that can be specified.
fn specifications(template: &Template) -> Specifications {
    let exact = template.http.routes.iter().map(scanlatch_local::gateway::api::Route::key);
    Specifications {
        http: Some(exact.filter(|key| key != "$default" && !key.ends_with("+}")).collect()),
        socket: Some(template.socket.routes.keys().cloned().collect()),
    }
}

fn folders(template: &Template) -> BTreeSet<String> {
    template.functions.values().map(|function| function.binary.clone()).collect()
}

/// What the audit says about a changed template, with the recording and the specifications of the original.
fn said_of(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut document = document();
    let before = template(&document);
    change(&mut document);
    disagreements(&template(&document), &evidence(&before), &folders(&before), &specifications(&before))
}

fn statements<'d>(document: &'d mut Value, function: &str) -> &'d mut Vec<Value> {
    document["Resources"][function]["Properties"]["Policies"][0]["Statement"].as_sequence_mut().unwrap()
}

fn first_actions<'d>(document: &'d mut Value, function: &str) -> &'d mut Vec<Value> {
    statements(document, function)[0]["Action"].as_sequence_mut().unwrap()
}

/// The partitions of the first statement for this action.
fn partitions<'d>(document: &'d mut Value, function: &str, action: &str) -> &'d mut Vec<Value> {
    let about = |statement: &&mut Value| statement["Action"].as_sequence().unwrap().contains(&action.into());
    let statement = statements(document, function).iter_mut().find(about).unwrap();
    statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"].as_sequence_mut().unwrap()
}

#[test]
fn a_template_whose_every_grant_and_route_is_used_and_specified_is_not_spoken_of() {
    assert_eq!(said_of(|_| ()), [""; 0]);
}

#[test]
fn a_route_that_is_removed_is_said_in_one_sentence() {
    let said = said_of(|document| {
        let events = document["Resources"]["Validate"]["Properties"]["Events"].as_mapping_mut().unwrap();
        events.retain(|_, event| event["Properties"]["Path"] != "/validate");
    });
    assert_eq!(said, ["POST /validate was called and is in the OpenAPI file, but is not in the template"]);
}

#[test]
fn a_permission_that_is_removed_is_said_in_one_sentence() {
    let said = said_of(|document| {
        let both = |statement: &&mut Value| statement["Action"].as_sequence().unwrap().len() == 2;
        let statement = statements(document, "ChallengeDecide").iter_mut().find(both).unwrap();
        statement["Action"].as_sequence_mut().unwrap().retain(|action| action != "dynamodb:UpdateItem");
    });
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("ChallengeDecide used dynamodb:UpdateItem on LiveTable"), "{said:?}");
    assert!(said[0].ends_with(", which the template does not grant it"), "{said:?}");
}

#[test]
fn a_permission_that_is_added_is_said_in_one_sentence() {
    let said = said_of(|document| first_actions(document, "SocketMessage").push("dynamodb:Scan".into()));
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("SocketMessage is granted dynamodb:Scan on LiveTable"), "{said:?}");
    assert!(said[0].ends_with(", which no test used; take it away, or test what needs it"), "{said:?}");
}

#[test]
fn one_partition_that_is_removed_is_said_by_its_name() {
    let said = said_of(|document| drop(partitions(document, "SocketMessage", "dynamodb:PutItem").pop()));
    assert_eq!(
        said,
        [
            "SocketMessage used dynamodb:PutItem on LiveTable for Waiting \"T#…#P#…\", which the template does not grant it"
        ]
    );
}

#[test]
fn one_partition_that_nobody_used_is_said_by_its_name() {
    let said = said_of(|document| {
        let more = partitions(document, "ChallengeFind", "dynamodb:Query")[0].clone();
        partitions(document, "ChallengeFind", "dynamodb:GetItem").push(more);
    });
    assert_eq!(
        said,
        [
            "ChallengeFind is granted dynamodb:GetItem on LiveTable for Waiting \"T#…#P#…\", which no test used; take it \
             away, or test what needs it"
        ]
    );
}

#[test]
fn partitions_of_one_action_in_two_statements_are_said() {
    let said = said_of(|document| {
        let statements = statements(document, "ChallengeClaim");
        let reads = |statement: &Value| statement["Action"][0] == "dynamodb:GetItem";
        // The last one is on the directory, for several partitions.
        let read = statements.iter().rposition(reads).unwrap();
        let mut twin = statements[read].clone();
        for (statement, at) in [(&mut statements[read], 0), (&mut twin, 1)] {
            let keys = &mut statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
            let (first, rest) = keys.as_sequence().unwrap().split_at(1);
            *keys = Value::Sequence([first, rest][at].to_vec());
        }
        statements.push(twin);
    });
    assert_eq!(
        said,
        [
            "ChallengeClaim is granted dynamodb:GetItem on DirectoryTable by two statements; name all partitions in one, \
             since AWS may judge the keys of a call together"
        ]
    );
}

#[test]
fn a_read_that_was_used_in_one_way_may_be_granted_in_both() {
    let document = document();
    let template = template(&document);
    let mut evidence = evidence(&template);
    evidence.permissions.retain(|used| used.action != "dynamodb:BatchGetItem");
    let said = disagreements(&template, &evidence, &folders(&template), &specifications(&template));
    assert_eq!(said, [""; 0]);
}

#[test]
fn a_batch_that_is_not_granted_for_what_is_read_elsewhere_is_said() {
    let mut document = document();
    let specifications = specifications(&template(&document));
    partitions(&mut document, "ChallengePoll", "dynamodb:BatchGetItem").pop();
    let template = template(&document);
    let said = disagreements(&template, &evidence(&template), &folders(&template), &specifications);
    assert_eq!(
        said,
        ["ChallengePoll reads items but is not granted dynamodb:BatchGetItem on LiveTable for Tenant \"T#…\"; grant \
             dynamodb:BatchGetItem on each table for all partitions that the function reads, and dynamodb:GetItem for those \
             of its table"]
    );
}

#[test]
fn a_wildcard_is_said_even_though_what_it_stands_for_is_used() {
    let mut all = String::new();
    let said = said_of(|document| {
        let actions = first_actions(document, "SocketDisconnect");
        all = format!("{}*", actions[0].as_str().unwrap());
        actions[0] = all.clone().into();
    });
    assert_eq!(said, [format!("SocketDisconnect is granted {all} on LiveTable, a wildcard; name what it calls")]);
}

#[test]
fn a_path_that_is_not_specified_is_said_in_one_sentence() {
    let template = template(&document());
    let mut specifications = specifications(&template);
    assert!(specifications.http.as_mut().unwrap().remove("POST /validate"));
    let said = disagreements(&template, &evidence(&template), &folders(&template), &specifications);
    assert_eq!(said, ["POST /validate is in the template and was called, but is not in the OpenAPI file"]);
}

#[test]
fn a_path_that_is_specified_alone_is_said_in_one_sentence() {
    let template = template(&document());
    let mut specifications = specifications(&template);
    specifications.http.as_mut().unwrap().insert("GET /teapot".to_owned());
    let said = disagreements(&template, &evidence(&template), &folders(&template), &specifications);
    assert_eq!(said, ["GET /teapot is in the OpenAPI file, but is not in the template and no test called it"]);
}

#[test]
fn a_function_that_never_ran_and_one_that_is_not_deployed_are_said() {
    let template = template(&document());
    let mut evidence = evidence(&template);
    evidence.permissions.retain(|permission| permission.function != "Jwks");
    evidence.routes.retain(|(_, function)| function != "Jwks");
    let mut folders = folders(&template);
    folders.insert("forgotten".to_owned());
    let said = disagreements(&template, &evidence, &folders, &Specifications::default());
    assert_eq!(
        said[..2],
        ["functions/forgotten is not in the template", "Jwks is in the template, but no test called it"]
    );
}
