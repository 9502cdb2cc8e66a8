//! Names of resources as policies write them, in the one region and account that this machine plays.

/// The region that this machine plays.
pub const REGION: &str = "us-east-1";
/// The account that this machine plays.
pub const ACCOUNT: &str = "000000000000";

fn of(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}")
}

/// A table's, by its name, which is its logical id here; whoever names a table by its ARN means that one.
pub fn table(name: &str) -> String {
    if name.starts_with("arn:") { name.to_owned() } else { of("dynamodb", &format!("table/{name}")) }
}

/// A KMS key's, by its logical id.
pub fn key(id: &str) -> String {
    of("kms", &format!("key/{id}"))
}

/// The one that `@connections` of a WebSocket API is guarded by.
pub fn connections(api: &str, stage: &str, method: &str, connection: &str) -> String {
    of("execute-api", &format!("{api}/{stage}/{method}/@connections/{connection}"))
}

/// What `!GetAtt Id.Arn` gives for a resource of this type.
pub fn of_resource(kind: &str, id: &str) -> String {
    match kind {
        "AWS::DynamoDB::Table" => table(id),
        "AWS::KMS::Key" => key(id),
        "AWS::Serverless::Function" => of("lambda", &format!("function:{id}")),
        _ => of("local", id),
    }
}

/// The resource without what is the same for all: `LiveTable`, `WrappingKey`, `SocketApi/stage/POST/@connections/*`.
pub fn short(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    ["table/", "key/"].iter().find_map(|prefix| resource.strip_prefix(prefix)).unwrap_or(resource)
}
