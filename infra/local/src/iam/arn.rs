//! ARNs as policies write them, in the one region and account of this stack.

/// The region of this stack.
pub const REGION: &str = "us-east-1";
/// The account of this stack.
pub const ACCOUNT: &str = "000000000000";

fn of(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}")
}

/// A table's ARN by its name, which is its logical id here; an ARN stays as it is.
pub fn table(name: &str) -> String {
    if name.starts_with("arn:") { name.to_owned() } else { of("dynamodb", &format!("table/{name}")) }
}

/// A KMS key's ARN, by its logical id.
pub fn key(id: &str) -> String {
    of("kms", &format!("key/{id}"))
}

/// The ARN that guards `@connections` of a WebSocket API.
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

/// The resource without the parts that all ARNs share: `LiveTable`, `WrappingKey`,
/// `SocketApi/stage/POST/@connections/*`.
pub fn short(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    ["table/", "key/"].iter().find_map(|prefix| resource.strip_prefix(prefix)).unwrap_or(resource)
}
