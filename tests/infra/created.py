"""Creates the transformed template in a moto server and reads back what stands there.

`created.py ENDPOINT TRANSFORMED.json`. What moto's CloudFormation knows is created by it, as one stack; the APIs and alarms, which it
does not know, by their own calls, in the order of their references; what moto knows in neither way is listed.
"""

import ast
import io
import json
import re
import sys
import zipfile

import boto3
from moto.cloudformation.parsing import get_model_map
import moto.server  # noqa: F401 (loads every model)

endpoint, path = sys.argv[1:]
template = json.load(open(path))
PARAMETERS = {"Domains": "one-host", "EdgeSecret": "0" * 32, "EdgeSecretSha256": "0" * 64,
              "PublicHost": "login.example.com", "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}
BY_CALL = {
    "AWS::ApiGatewayV2::Api": ("apigatewayv2", "create_api", "ApiId"),
    "AWS::ApiGatewayV2::Integration": ("apigatewayv2", "create_integration", "IntegrationId"),
    "AWS::ApiGatewayV2::Route": ("apigatewayv2", "create_route", "RouteId"),
    "AWS::ApiGatewayV2::RouteResponse": ("apigatewayv2", "create_route_response", "RouteResponseId"),
    "AWS::ApiGatewayV2::Stage": ("apigatewayv2", "create_stage", "StageName"),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "put_metric_alarm", None),
}


def client(service):
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1",
                        aws_access_key_id="local", aws_secret_access_key="local")


def fail(why):
    sys.exit(f"error: {why}")


def expect(what, found, wanted):
    if found != wanted:
        fail(f"{what}: the stack has {found}, the template {wanted}")


class Resolved:
    """The template's intrinsic functions, over what has been created."""

    def __init__(self, ids):
        defaults = {name: p.get("Default", "") for name, p in template["Parameters"].items()}
        self.names = defaults | PARAMETERS | ids | {
            "AWS::StackName": "scanlatch", "AWS::Region": "us-east-1", "AWS::AccountId": "123456789012",
            "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com", "AWS::NoValue": None}

    def condition(self, name):
        return self.value(template["Conditions"][name])

    def value(self, node):
        if isinstance(node, list):
            return [v for v in map(self.value, node) if v is not None]
        if not isinstance(node, dict):
            return node
        if len(node) != 1 or not (next(iter(node)) in ("Ref", "Condition") or next(iter(node)).startswith("Fn::")):
            return {k: v for k, v in ((k, self.value(v)) for k, v in node.items()) if v is not None}
        (name, argument), = node.items()
        if name == "Ref":
            return self.names[argument]
        if name == "Fn::GetAtt":
            return f"arn:aws:made:us-east-1:123456789012:{self.names[argument[0]]}"
        if name == "Fn::Sub":
            text, extra = argument if isinstance(argument, list) else (argument, {})
            known = self.names | {k: self.value(v) for k, v in extra.items()}
            return re.sub(r"\$\{([^}!]+)\}", lambda m: str(known[m[1].split(".")[0]]), text)
        if name == "Fn::If":
            return self.value(argument[1 if self.condition(argument[0]) else 2])
        if name == "Condition":
            return self.condition(argument)
        values = self.value(argument)
        return {"Fn::Equals": lambda: values[0] == values[1], "Fn::Not": lambda: not values[0],
                "Fn::And": lambda: all(values), "Fn::Or": lambda: any(values),
                "Fn::Join": lambda: values[0].join(map(str, values[1])),
                "Fn::FindInMap": lambda: template["Mappings"][values[0]][values[1]][values[2]]}[name]()


def references(node):
    if isinstance(node, dict):
        for name, argument in node.items():
            if name == "Ref":
                yield argument
            elif name == "Fn::GetAtt":
                yield argument[0]
            elif name == "Fn::Sub":
                yield from (m.split(".")[0] for m in re.findall(r"\$\{([^}!]+)\}", str(argument)))
            yield from references(argument)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def upload():
    s3 = client("s3")
    s3.create_bucket(Bucket="code")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("bootstrap", "")
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            s3.put_object(Bucket="code", Key=resource["Properties"]["Code"]["S3Key"], Body=archive.getvalue())
    return s3


def known_to_cloudformation():
    """The template without what moto's CloudFormation does not know; what refers to that gets its name as text."""
    known = get_model_map()
    kept = {n: r for n, r in template["Resources"].items() if r["Type"] in known}
    gone = set(template["Resources"]) - set(kept)

    def named(node):
        if isinstance(node, list):
            return [named(item) for item in node]
        if isinstance(node, dict):
            if node.get("Ref") in gone:
                return node["Ref"]
            if isinstance(node.get("Fn::GetAtt"), list) and node["Fn::GetAtt"][0] in gone:
                return node["Fn::GetAtt"][0]
            if "Fn::Sub" in node:
                text = json.dumps(node["Fn::Sub"])
                for name in gone:
                    text = re.sub(r"\$\{" + name + r"(\.[A-Za-z.]+)?\}", name, text)
                return {"Fn::Sub": named(json.loads(text))}
            return {k: named(v) for k, v in node.items()}
        return node

    outputs = {n: o for n, o in template["Outputs"].items() if not set(references(o)) & gone}
    return {**template, "Resources": named(kept), "Outputs": outputs}


def create_stack():
    s3, cloudformation = upload(), client("cloudformation")
    s3.put_object(Bucket="code", Key="template.json", Body=json.dumps(known_to_cloudformation()))
    cloudformation.create_stack(
        StackName="scanlatch", TemplateURL="https://s3.amazonaws.com/code/template.json", Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in PARAMETERS.items()])
    expect("status", cloudformation.describe_stacks(StackName="scanlatch")["Stacks"][0]["StackStatus"], "CREATE_COMPLETE")
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName="scanlatch")
    return {r["LogicalResourceId"]: r["PhysicalResourceId"] for page in pages for r in page["StackResourceSummaries"]}


def create_by_calls(ids):
    waiting = {n: r for n, r in template["Resources"].items() if r["Type"] in BY_CALL}
    while waiting:
        ready = [n for n, r in waiting.items() if not set(references(r["Properties"])) & set(waiting)]
        if not ready:
            fail(f"these refer to each other: {sorted(waiting)}")
        for name in ready:
            resource = waiting.pop(name)
            service, call, id_member = BY_CALL[resource["Type"]]
            resolved = Resolved(ids)
            if "Condition" in resource and not resolved.condition(resource["Condition"]):
                continue
            properties = resolved.value(resource["Properties"])
            if "Body" in properties:
                # moto imports only into an API that is there.
                made = client(service).create_api(Name=name, ProtocolType="HTTP")
                client(service).reimport_api(ApiId=made["ApiId"], Body=json.dumps(properties["Body"]))
            else:
                if call == "put_metric_alarm":
                    properties["AlarmName"] = name
                for tags in ("Tags", "FailOnWarnings"):
                    properties.pop(tags, None)
                made = getattr(client(service), call)(**properties)
            ids[name] = made[id_member] if id_member else name
    return ids


def actions(document):
    """Each granted action with its resources, whatever shape IAM gave the document."""
    lists = lambda value: value if isinstance(value, list) else [value]  # noqa: E731
    # moto keeps what CloudFormation gave as Python writes it.
    document = ast.literal_eval(document) if isinstance(document, str) else document
    return sorted((action, json.dumps(lists(s["Resource"]))) for s in document["Statement"] for action in lists(s["Action"]))


def read_back(ids):
    resolved = Resolved(ids)
    of_type = lambda kind: {  # noqa: E731
        n: resolved.value(r["Properties"]) for n, r in template["Resources"].items()
        if r["Type"] == kind and ("Condition" not in r or resolved.condition(r["Condition"]))}
    functions, iam = of_type("AWS::Lambda::Function"), client("iam")
    for name, wanted in functions.items():
        found = client("lambda").get_function_configuration(FunctionName=ids[name])
        for member in ("Runtime", "Handler", "MemorySize", "Timeout"):
            expect(f"{name}.{member}", found[member], wanted[member])
        expect(f"{name}'s variables", sorted(found["Environment"]["Variables"]), sorted(wanted["Environment"]["Variables"]))
    for name, wanted in of_type("AWS::IAM::Role").items():
        for policy in wanted["Policies"]:
            found = iam.get_role_policy(RoleName=ids[name], PolicyName=policy["PolicyName"])["PolicyDocument"]
            expect(f"{name}'s actions", [a for a, _ in actions(found)], [a for a, _ in actions(policy["PolicyDocument"])])
    for name, wanted in of_type("AWS::DynamoDB::Table").items():
        found = client("dynamodb").describe_table(TableName=ids[name])["Table"]
        expect(f"{name}'s keys", found["KeySchema"], wanted["KeySchema"])
        expect(f"{name}'s protection", found["DeletionProtectionEnabled"], wanted.get("DeletionProtectionEnabled", False))
    for name, wanted in of_type("AWS::ApiGatewayV2::Api").items():
        pages = client("apigatewayv2").get_paginator("get_routes").paginate(ApiId=ids[name])
        # moto keeps the extension's name where API Gateway says ANY, and says it of $default too.
        found = sorted(r["RouteKey"].replace("X-AMAZON-APIGATEWAY-ANY-METHOD $", "$").replace(
            "X-AMAZON-APIGATEWAY-ANY-METHOD", "ANY") for page in pages for r in page["Items"])
        if "Body" in wanted:
            paths = wanted["Body"]["paths"]
            routes = [p if p == "$default" else f"{'ANY' if 'any-method' in m else m.upper()} {p}"
                      for p, methods in paths.items() for m in methods]
        else:
            routes = [r["RouteKey"] for r in of_type("AWS::ApiGatewayV2::Route").values() if r["ApiId"] == ids[name]]
        expect(f"{name}'s routes", found, sorted(routes))
    alarms = client("cloudwatch").get_paginator("describe_alarms").paginate()
    expect("alarms", sorted(a["AlarmName"] for page in alarms for a in page["MetricAlarms"]),
           sorted(of_type("AWS::CloudWatch::Alarm")))
    expect("days of the log", client("logs").describe_log_groups()["logGroups"][0]["retentionInDays"],
           of_type("AWS::Logs::LogGroup")["Logs"]["RetentionInDays"])
    return len(functions)


ids = create_by_calls(create_stack())
count = read_back(ids)
left = sorted({r["Type"] for n, r in template["Resources"].items() if n not in ids})
print(f"{len(ids)} resources created and read back, {count} functions among them; moto does not know {', '.join(left)}")
