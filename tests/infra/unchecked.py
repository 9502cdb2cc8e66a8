"""Holds checkov's findings against those that the template answers itself.

`unchecked.py TEMPLATE FINDINGS.json`: each finding must be under Metadata.Unchecked, as CHECK or CHECK/Resource with the reason, and
each of those must still be found.
"""

import json
import sys

from transform import read

answered = set(read(sys.argv[1]).get("Metadata", {}).get("Unchecked", {}))
report = json.load(open(sys.argv[2]))
if report["summary"]["passed"] == 0:
    sys.exit("error: checkov checked nothing")
used, open_findings = set(), []
for finding in report["results"]["failed_checks"]:
    check, resource = finding["check_id"], finding["resource"].rsplit(".", 1)[-1]
    names = {check, f"{check}/{resource}"} & answered
    used |= names
    if not names:
        open_findings.append(f"{check} {resource}: {finding['check_name']}")
for line in open_findings:
    print(f"error: {line}", file=sys.stderr)
for name in sorted(answered - used):
    print(f"error: {name} is answered in the template and no longer found; take the answer out", file=sys.stderr)
if open_findings or answered - used:
    sys.exit(1)
print(f"checkov: {report['summary']['passed']} checks passed, {len(used)} are answered in the template")
