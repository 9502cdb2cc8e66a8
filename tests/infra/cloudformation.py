"""Plays CloudFormation, and what else infra/deploy and infra/destroy call by `aws` and `sam`, as far as they do.

`cloudformation.py STACKS.json CALLS PORT_FILE`. STACKS.json holds `stacks` by name, each with `status`, `outputs` and `resources` by
logical id; `outputs` by stack and `resources` that a deployment makes; `left`, ARNs that the index of tags knows; and `objects`, keys
by bucket. Changes are written to it, and a line of CALLS for each call that changes anything, but for objects that are put: those are
in CALLS.objects, by bucket and key, each with the headers that brought it. A stack is updated or made only where CloudFormation does it:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-stack-status
"""

import datetime
import json
import pathlib
import re
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

stacks_file, calls_file, port_file = map(pathlib.Path, sys.argv[1:])
objects_file = calls_file.with_name(calls_file.name + ".objects")
UPDATABLE = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"]
NOW = "2026-01-01T00:00:00Z"
OWN = {"aws-sam-cli-managed-default": {
    "status": "CREATE_COMPLETE", "resources": {}, "outputs": {"SourceBucket": "code"}, "tags": {"ManagedStackSource": "AwsSamCli"}}}


class Refused(Exception):
    """A call that CloudFormation refuses: the error's code and message."""


def read():
    return json.loads(stacks_file.read_text())


def write(stacks):
    stacks_file.write_text(json.dumps(stacks))


def noted(line):
    with calls_file.open("a") as file:
        file.write(line + "\n")


# The command puts and deletes several objects at once.
objects_change = threading.Lock()
objects = {bucket: {key: {"size": 1, "headers": {}} for key in keys} for bucket, keys in read().get("objects", {}).items()}


def arn(name):
    return f"arn:aws:cloudformation:us-east-1:123456789012:stack/{name}/1"


def xml(value):
    """Lists are `member`s, texts themselves."""
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml(member)}</{name}>" for name, member in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{xml(item)}</member>" for item in value)
    return escape(str(value))


def pairs(values, key, value):
    return [{key: name, value: text} for name, text in values.items()]


def described(name, stack):
    shown = {"StackId": arn(name), "StackName": name, "StackStatus": stack["status"], "CreationTime": NOW,
             "EnableTerminationProtection": "false", "Tags": pairs(stack.get("tags", {}), "Key", "Value")}
    # A stack that never was complete has no outputs.
    if stack["status"] in UPDATABLE or stack["status"].startswith("UPDATE"):
        shown["Outputs"] = pairs(stack["outputs"], "OutputKey", "OutputValue")
    return shown


def event(name, stack):
    at = stack.get("executed", NOW)
    return {"StackId": arn(name), "EventId": at, "StackName": name, "LogicalResourceId": name, "PhysicalResourceId": arn(name),
            "ResourceType": "AWS::CloudFormation::Stack", "Timestamp": at, "ResourceStatus": stack["status"]}


def call(action, given):
    stacks = read()
    name = re.sub(r"^arn:.*:stack/([^/]+)/.*$", r"\1", given.get("StackName", ""))
    stack = {**OWN, **stacks["stacks"]}.get(name)
    if action == "DeleteStack":
        noted(f"{action} {name}")
        stacks["stacks"].pop(name, None)
        write(stacks)
        return {}
    if action == "CreateChangeSet":
        kind = given.get("ChangeSetType", "UPDATE")
        noted(f"{action} {name} {kind}")
        if kind == "CREATE" and stack and stack["status"] != "REVIEW_IN_PROGRESS":
            raise Refused("AlreadyExistsException", f"Stack [{name}] already exists")
        if kind == "UPDATE" and stack and stack["status"] not in UPDATABLE:
            raise Refused("ValidationError", f"Stack:{arn(name)} is in {stack['status']} state and can not be updated.")
        if not stack:
            stacks["stacks"][name] = {"status": "REVIEW_IN_PROGRESS", "resources": {}, "outputs": stacks["outputs"].get(name, {})}
            write(stacks)
        return {"Id": given["ChangeSetName"], "StackId": arn(name)}
    if not stack:
        raise Refused("ValidationError", f"Stack with id {name} does not exist")
    if action == "DescribeStacks":
        return {"Stacks": [described(name, stack)]}
    if action == "DescribeStackEvents":
        return {"StackEvents": [event(name, stack)]}
    if action == "DescribeChangeSet":
        return {"ChangeSetName": given["ChangeSetName"], "ChangeSetId": given["ChangeSetName"], "StackName": name, "StackId": arn(name),
                "Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE", "Changes": []}
    if action == "ExecuteChangeSet":
        stack["status"] = "CREATE_COMPLETE" if stack["status"] == "REVIEW_IN_PROGRESS" else "UPDATE_COMPLETE"
        stack["executed"] = datetime.datetime.now(datetime.timezone.utc).isoformat()
        noted(f"{action} {name} {stack['status']}")
        stacks["stacks"][name] = stack
        write(stacks)
        return {}
    if action in ("DescribeStackResources", "DescribeStackResource", "ListStackResources"):
        wanted = given.get("LogicalResourceId")
        known = [{"StackName": name, "StackId": arn(name), "LogicalResourceId": logical, "PhysicalResourceId": made["id"],
                  "ResourceType": made["type"], "Timestamp": NOW, "LastUpdatedTimestamp": NOW, "ResourceStatus": made["status"]}
                 for logical, made in {**stack["resources"], **stacks["resources"]}.items() if wanted in (None, logical)]
        members = {"DescribeStackResources": ("StackResources", known), "ListStackResources": ("StackResourceSummaries", known),
                   "DescribeStackResource": ("StackResourceDetail", known[0] if known else {})}
        return dict([members[action]])
    if action == "GetTemplateSummary":
        return {"Parameters": []}
    if action == "GetTemplate":
        return {"TemplateBody": json.dumps({"Resources": {}})}
    raise Refused("InvalidAction", f"{action} is not played here")


def told(target, given):
    """What the tags' index, DynamoDB and KMS answer: what is left is there and in use."""
    operation = target.rsplit(".", 1)[-1]
    if operation == "GetResources":
        return {"ResourceTagMappingList": [{"ResourceARN": one, "Tags": []} for one in read()["left"]]}
    if operation in ("DeleteTable", "ScheduleKeyDeletion"):
        noted(f"{operation} {given.get('TableName') or given['KeyId']}")
    return {"Table": {"TableStatus": "ACTIVE"}, "KeyMetadata": {"KeyId": "k", "KeyState": "Enabled"}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind):
        body = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"0"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def do_POST(self):
        body = self.body()
        if "X-Amz-Target" in self.headers:
            return self.answer(200, json.dumps(told(self.headers["X-Amz-Target"], json.loads(body))), "application/x-amz-json-1.1")
        given = dict(urllib.parse.parse_qsl(body.decode(errors="replace")))
        action = given.get("Action", "")
        try:
            result = xml(call(action, given))
            text = f"<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"
            return self.answer(200, text, "text/xml")
        except Refused as refused:
            code, message = refused.args
            text = f"<ErrorResponse><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></ErrorResponse>"
            return self.answer(400, text, "text/xml")

    # S3: whatever is put is taken, and listed.
    def bucket_and_key(self):
        bucket, _, key = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).strip("/").partition("/")
        return bucket, key

    def do_HEAD(self):
        self.answer(404, "", "text/xml")

    def do_PUT(self):
        size = len(self.body())
        bucket, key = self.bucket_and_key()
        headers = {name.lower(): value for name, value in self.headers.items()}
        with objects_change:
            objects.setdefault(bucket, {})[key] = {"size": int(headers.get("x-amz-decoded-content-length", size)), "headers": headers}
            objects_file.write_text(json.dumps(objects))
        self.answer(200, "", "text/xml")

    def do_GET(self):
        bucket, _ = self.bucket_and_key()
        with objects_change:
            listed = "".join(f"<Contents><Key>{escape(key)}</Key><LastModified>{NOW}</LastModified><ETag>0</ETag>"
                             f"<Size>{kept['size']}</Size></Contents>" for key, kept in sorted(objects.get(bucket, {}).items()))
        self.answer(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>", "text/xml")

    def do_DELETE(self):
        bucket, key = self.bucket_and_key()
        with objects_change:
            objects.get(bucket, {}).pop(key, None)
            objects_file.write_text(json.dumps(objects))
            noted(f"DeleteObject {bucket} {key}")
        self.answer(204, "", "text/xml")


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
port_file.write_text(str(server.server_port))
server.serve_forever()
