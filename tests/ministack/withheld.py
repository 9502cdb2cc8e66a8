"""Proof that permissions are judged: with one taken away a login fails where it is needed, and works again with it.

`withheld.py STACK COMMAND…`: COMMAND is a login for a try.
"""

import contextlib
import json
import subprocess
import sys

import boto3

stack, *command = sys.argv[1:]
iam, cloudformation = boto3.client("iam"), boto3.client("cloudformation")


def fail(why):
    sys.exit(f"error: {why}")


def physical_id(logical_id):
    found = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    return found["StackResourceDetail"]["PhysicalResourceId"]


def without(document, action):
    """The policy without the statements that grant an action."""
    kept = [statement for statement in document["Statement"] if action not in statement["Action"]]
    if len(kept) == len(document["Statement"]):
        fail(f"no statement grants {action}; name one that does in tests/ministack/withheld.py")
    return {**document, "Statement": kept}


@contextlib.contextmanager
def withheld_by_role(logical_id, action):
    role = physical_id(logical_id)
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]

    def put(document):
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))

    put(without(document, action))
    yield
    put(document)


@contextlib.contextmanager
def withheld_by_boundary(logical_id, action):
    policy = physical_id(logical_id)
    version = iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=policy, VersionId=version)["PolicyVersion"]["Document"]

    def put(document):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=json.dumps(document), SetAsDefault=True)

    put(without(document, action))
    yield
    put(document)


def login():
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode == 0, done.stdout


for withheld, logical_id, action, step in [
    (withheld_by_role, "ChallengeClaimRole", "dynamodb:UpdateItem", "the phone claims it"),
    (withheld_by_role, "ChallengeDecideRole", "dynamodb:UpdateItem", "the phone approves"),
    (withheld_by_boundary, "FunctionBoundary", "dynamodb:UpdateItem", "the backend names a user"),
]:
    with withheld(logical_id, action):
        passed, said = login()
    if passed or f"this step failed: {step}:" not in said:
        fail(f"without {action} of {logical_id} the login was to fail where {step}; it said:\n{said}")
    print(f"Without {action} of {logical_id} a login fails where {step}.")
passed, said = login()
if not passed:
    fail(f"with its permissions back the login still fails:\n{said}")
print("With them it works.")
