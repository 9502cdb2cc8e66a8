"""Holds every line that functions logged against every secret that they were given: canaries.py LOGS [FILE...].

LOGS is the folder that the local stacks of a run shared (`--logs`); further FILEs are logs that somebody else kept.
Fails if a secret or something personal is in a line in any usual form, or if there was nothing to read.
"""

import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

ROOT = pathlib.Path(__file__).parents[2]

# Each must have been given at least once, or the run proves little.
EXPECTED = {
    "secret": ["accessToken", "authorization", "deviceCode", "publicKey", "refreshToken", "signature", "token"],
    "personal": ["custom", "email", "phoneNumber", "userId", "username"],
}
# In case a secret came from nowhere that the stack looks at: JSON web tokens and secret keys.
LOOKS_SECRET = r"eyJ[A-Za-z0-9_-]{8,}\.eyJ|sk_[0-9a-f]{32}_"
SHORTEST = 12
ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")


def given(folder):
    """What functions were given and nobody else may read, by value: its kind and name."""
    values, published = {}, set()
    for path in folder.glob("*.secrets"):
        # What follows the last line break was cut off with its process.
        for line in path.read_text().split("\n")[:-1]:
            noted = json.loads(line)
            if noted["kind"] == "public":
                published.add(noted["value"])
            else:
                values.setdefault(noted["value"], (noted["kind"], noted["name"]))
    return {value: what for value, what in values.items() if value not in published}


def public():
    """What log lines may say of themselves: routes, functions, codes. Tests send such words where secrets belong."""
    sources = ["infra/template.yaml", "shared/runtime/src/problem.rs", "shared/service/src/measure.rs"]
    return "\n".join((ROOT / source).read_text() for source in sources)


def forms(value):
    """The value as somebody may have logged it; each long enough to be no accident."""
    raw = value.encode(errors="surrogatepass")
    once = json.dumps(value)[1:-1]
    for form in [
        value,
        json.dumps(value, ensure_ascii=False)[1:-1],
        once,
        json.dumps(once)[1:-1],
        urllib.parse.quote(raw, safe=""),
        raw.hex(),
        # The last group of four depends on what follows.
        base64.b64encode(raw).decode()[: len(raw) // 3 * 4],
        base64.urlsafe_b64encode(raw).decode()[: len(raw) // 3 * 4],
    ]:
        if len(form) >= SHORTEST and "\n" not in form and form.strip():
            yield form


def grep(*options, files):
    """The lines that match, each with its file and number."""
    command = ["grep", "-a", "-H", "-n", *options, "--", *map(str, files)]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "LC_ALL": "C"}, check=False)
    if done.returncode > 1:
        sys.exit(f"error: grep failed: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode(errors="replace").splitlines()


def main(folder, *others):
    folder = pathlib.Path(folder)
    files = [path for path in [*folder.glob("*.log"), *map(pathlib.Path, others)] if path.exists() and path.stat().st_size]
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    values = given(folder)
    words = public()
    secrets = {value: what for value, what in values.items() if not ID.fullmatch(value) and value not in words}
    for kind, names in EXPECTED.items():
        missing = sorted(set(names) - {name for of, name in values.values() if of == kind})
        if missing:
            sys.exit(f"error: no {', '.join(missing)} was seen; does the stack still note what functions are given?")
    if not lines:
        sys.exit(f"error: there is no log line below {folder}; do the stacks run with --logs?")
    patterns = {form: what for value, what in secrets.items() for form in forms(value)}
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", errors="surrogatepass") as file:
        file.write("\n".join(patterns) + "\n")
        file.flush()
        found = grep("-F", "-f", file.name, files=files)
    found += grep("-E", "-e", LOOKS_SECRET, files=files)
    for line in found[:20]:
        text = line.split(":", 2)[2]
        what = next((f"{kind} `{name}`" for form, (kind, name) in patterns.items() if form in text), "what looks secret")
        print(f"{what} in {line[:800]}", file=sys.stderr)
    if found:
        sys.exit(f"error: {len(found)} of {lines} log lines hold a secret or say who somebody is")
    print(f"{lines} log lines hold none of {len(secrets)} secrets and personal values")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
