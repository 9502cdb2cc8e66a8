"""What `infra/destroy` must leave behind, and what not.

`left.py STACK TABLE KEY`: the directory table, protected, and the key that opens its signing keys; nothing else of the stack and its
edge.
"""

import sys

import boto3

stack, table, key = sys.argv[1:]


def all_of(service, call, member):
    pages = boto3.client(service).get_paginator(call).paginate()
    return [item for page in pages for item in page[member]]


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"error: {what}: {found} is left, {wanted} was to be")


expect("tables", all_of("dynamodb", "list_tables", "TableNames"), [table])
described = boto3.client("dynamodb").describe_table(TableName=table)["Table"]
expect("the table's protection", described["DeletionProtectionEnabled"], True)
expect("the key", boto3.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"], "Enabled")
for service, call, member, name in [
    ("apigatewayv2", "get_apis", "Items", "Name"),
    ("cloudformation", "describe_stacks", "Stacks", "StackName"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("events", "list_rules", "Rules", "Name"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
]:
    left = [item[name] for item in all_of(service, call, member) if item[name] == stack or stack in item[name]]
    expect(member, left, [])
for name, found in [
    ("distributions", boto3.client("cloudfront").list_distributions()["DistributionList"].get("Items", [])),
    ("web ACLs", boto3.client("wafv2").list_web_acls(Scope="CLOUDFRONT")["WebACLs"]),
]:
    expect(name, found, [])
print(f"Of {stack} only its directory table and the key are left.")
