"""A SAM template as CloudFormation gets it: what the serverless transform makes of it, offline.

`transform.py TEMPLATE [Name=Value]…` prints JSON, in which these values are the parameters' defaults.
"""

import json
import os
import sys
from pathlib import Path

import yaml

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.parser.parser import Parser  # noqa: E402
from samtranslator.translator.translator import Translator  # noqa: E402

LONG = {"Ref": "Ref", "Condition": "Condition"}


class Intrinsics(yaml.SafeLoader):
    """Reads `!Sub x` as `{"Fn::Sub": x}`."""


def intrinsic(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {LONG.get(suffix, f"Fn::{suffix}"): value}


Intrinsics.add_multi_constructor("!", intrinsic)


def read(path):
    """The template as it is written."""
    return yaml.load(Path(path).read_text(), Intrinsics)


class NoManagedPolicies:
    """The names of AWS's managed policies, which the translator otherwise asks IAM for."""

    def load(self):
        return {
            "AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
            "AWSXrayWriteOnlyAccess": "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
        }


def transform(template, **parameters):
    """What CloudFormation would be given."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if "CodeUri" in properties:
            # Packaging replaces the folder by the zip's place.
            properties["CodeUri"] = {"Bucket": "code", "Key": properties["CodeUri"].rsplit("/", 1)[-1] + ".zip"}
    values = {name: p["Default"] for name, p in template.get("Parameters", {}).items() if "Default" in p}
    values.update(parameters)
    return Translator(NoManagedPolicies().load(), Parser()).translate(sam_template=template, parameter_values=values)


if __name__ == "__main__":
    written = read(sys.argv[1])
    for given in sys.argv[2:]:
        name, value = given.split("=", 1)
        written["Parameters"][name]["Default"] = value
    json.dump(transform(written), sys.stdout, indent=1)
