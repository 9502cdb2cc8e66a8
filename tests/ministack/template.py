"""The template as ministack can take it; README.md says why each change is needed.

`template.py TEMPLATE URL` prints it: without what ministack refuses, and with `URL` in the place of API Gateway's host names.
"""

import re
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "infra"))

from transform import read  # noqa: E402

path, url = sys.argv[1:]
template = read(path)
text = Path(path).read_text()


def refused(resource):
    metric_math = resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]
    return metric_math or resource["Type"] == "AWS::ApiGatewayV2::RouteResponse"


def cut(text, name):
    """Without the block of this name, one level below a section."""
    rest, cuts = re.subn(rf"^  {name}:\n(?:(?:   .*|)\n)+", "", text, flags=re.MULTILINE)
    if cuts != 1:
        sys.exit(f"error: {path} has {cuts} blocks {name}, not one")
    return rest


def replace(text, old, new):
    if old not in text:
        sys.exit(f"error: {path} has no {old}; take its bridge out of tests/ministack/template.py")
    return text.replace(old, new)


for name in [name for name, resource in template["Resources"].items() if refused(resource)]:
    # The dashboard lists the alarms.
    text = re.sub(rf', "\$\{{{name}\.Arn\}}"', "", cut(text, name))
host = ".execute-api.${AWS::Region}.${AWS::URLSuffix}"
socket = url.replace("http", "ws", 1)
text = replace(text, "wss://${SocketApi}" + host, socket)
text = replace(text, "https://${HttpApi}" + host, url)
text = replace(text, "https://${Distribution.DomainName}", url)
text = replace(text, "wss://${Distribution.DomainName}", socket)
text = replace(text, "https://${SocketApi}" + host, url + "/_aws/execute-api/${SocketApi}")
print(text, end="")
