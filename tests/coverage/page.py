"""Checks the table of attacks and mitigations, and that docs/threat-coverage.md is written from it.

`page.py` checks, `page.py --write` writes the page. `page.py --strict` fails while anything is pending.
"""

import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests/coverage/table.toml"
PAGE = ROOT / "docs/threat-coverage.md"
LEAST_TESTED = 85
ATTACKS = range(1, 115)
SECTIONS = [f"6.1.{n}" for n in range(1, 18)]
PENDING = {
    "number entry", "lapse", "proximity", "conduct", "bucket", "origin", "overlap", "traces", "validateOnce", "claimFirst",
    "tokenLifetime",
}
ANSWERS = {"tests", "wire", "elsewhere", "pending"}
MEMBERS = {"title", "mutation", "note"} | ANSWERS
# How a test of this name begins in a file of this kind.
DEFINITIONS = {
    ".rs": r"\bfn {}\s*[(<]",
    ".guard": r"^rule {}\b",
    ".sh": r"^{}\(\)",
    ".mjs": r"[\"'`]{}[\"'`]",
    ".ts": r"[\"'`]{}[\"'`]",
}
GROUPS = {
    1: "Relay, phishing, people", 12: "Binding and state", 36: "Races, retries, time", 51: "Cryptography and tokens",
    70: "Guessing and enumeration", 76: "Input", 88: "Web and sockets", 97: "Availability and abuse",
}
HEAD = """# What stops each attack

This page is written by `tests/coverage/page.py` from `tests/coverage/table.toml`. It answers the 17 mitigations of RFC 10027,
section 6.1, and 114 attacks on logins of this kind. [The threat model](threat-model.md) says the same in words.

- **Tested**: these tests show it. *Broken* says what was taken out of the code when one of them was seen to fail.
- **The wire cannot**: no server can stop it while the official SDKs are to work. The link leads to the section that says so.
- **Elsewhere**: WAF, AWS, your backend or your application stops it.
- **Pending**: it is being built.

"""


def anchors(path):
    text = re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE))
    return {heading.replace(" ", "-") for heading in plain}


def fault_of_test(reference):
    path, _, name = reference.partition("::")
    file = ROOT / path
    if not file.is_file():
        return f"there is no {path}"
    definition = DEFINITIONS.get(file.suffix)
    if definition is None:
        return f"no test is known in a {file.suffix} file: {reference}"
    if not name or not re.search(definition.format(re.escape(name)), file.read_text(), re.MULTILINE):
        return f"{path} has no test {name}"
    return None


def fault_of_section(reference):
    path, _, anchor = reference.partition("#")
    file = ROOT / path
    if not file.is_file():
        return f"there is no {path}"
    return None if anchor in anchors(file) else f"{path} has no heading #{anchor}"


def faults(label, entry):
    if unknown := set(entry) - MEMBERS - {"number", "section"}:
        yield f"{label} has unknown members {sorted(unknown)}"
    if not ANSWERS & set(entry):
        yield f"{label} is not answered"
    if not entry.get("title"):
        yield f"{label} has no title"
    if ("mutation" in entry) != ("tests" in entry):
        yield f"{label} names a mutation without a test, or tests without saying which mutation was seen"
    for reference in entry.get("tests", []):
        if why := fault_of_test(reference):
            yield f"{label}: {why}"
    for reference in re.findall(r"tests/mutants/[\w-]+\.patch", entry.get("mutation", "")):
        if not (ROOT / reference).is_file():
            yield f"{label}: there is no {reference}"
    for kind in ("wire", "elsewhere"):
        if kind in entry and (why := fault_of_section(entry[kind])):
            yield f"{label}: {why}"
    for name in set(entry.get("pending", [])) - PENDING:
        yield f"{label}: nothing called {name} is pending"


def all_faults(table):
    attacks, mitigations = table["attack"], table["mitigation"]
    for what, found, expected in [
        ("attacks", [entry["number"] for entry in attacks], list(ATTACKS)),
        ("mitigations", [entry["section"] for entry in mitigations], SECTIONS),
    ]:
        if found != expected:
            odd = sorted(set(expected) ^ set(found)) or "their order"
            yield f"the {what} are not those that they should be, once each and in order: {odd}"
    for entry in mitigations:
        yield from faults(f"mitigation {entry['section']}", entry)
    for entry in attacks:
        yield from faults(f"attack {entry['number']}", entry)
    tested = sum("tests" in entry for entry in attacks)
    if tested < LEAST_TESTED:
        yield f"{tested} attacks have a test; {LEAST_TESTED} must"


def link(reference):
    path, _, anchor = reference.partition("#")
    name = path.removeprefix("docs/") if path.startswith("docs/") else f"../{path}"
    return f"[{anchor.replace('-', ' ')}]({name}#{anchor})"


def grouped(references):
    """`path`: name, name; one line for each file."""
    files = {}
    for reference in references:
        path, _, name = reference.partition("::")
        files.setdefault(path, []).append(name)
    return [f"`{path}`: {', '.join(f'`{name}`' for name in names)}" for path, names in files.items()]


def answer(entry):
    parts = []
    if "note" in entry:
        parts.append(entry["note"])
    if "tests" in entry:
        parts.append(f"**Tested**: {'; '.join(grouped(entry['tests']))}")
        if entry["mutation"] != "not seen":
            parts.append(f"*Broken*: {entry['mutation']}")
    if "wire" in entry:
        parts.append(f"**The wire cannot**: {link(entry['wire'])}")
    if "elsewhere" in entry:
        parts.append(f"**Elsewhere**: {link(entry['elsewhere'])}")
    if "pending" in entry:
        parts.append(f"**Pending**: {', '.join(entry['pending'])}")
    return "<br>".join(parts).replace("|", "\\|")


def counts(entries):
    tested = sum("tests" in entry for entry in entries)
    seen = sum(entry.get("mutation", "not seen") != "not seen" for entry in entries)
    pending = sum("pending" in entry for entry in entries)
    return tested, seen, pending


def page(table):
    lines = [HEAD]
    tested, seen, pending = counts(table["attack"])
    lines.append(f"Of 114 attacks, {tested} have a test, and for {seen} of them one was seen to fail with the protection off.")
    lines.append(f"For {pending} something is pending.\n" if pending else "\n")
    lines.append("## Mitigations of RFC 10027\n\n| section | mitigation | answer |\n|---|---|---|")
    lines += [f"| {entry['section']} | {entry['title']} | {answer(entry)} |" for entry in table["mitigation"]]
    for entry in table["attack"]:
        if entry["number"] in GROUPS:
            lines.append(f"\n## {GROUPS[entry['number']]}\n\n| | attack | answer |\n|---|---|---|")
        lines.append(f"| {entry['number']} | {entry['title']} | {answer(entry)} |")
    return "\n".join(lines) + "\n"


def main():
    table = tomllib.loads(TABLE.read_text())
    sentences = list(all_faults(table))
    written = page(table)
    if "--write" in sys.argv and not sentences:
        PAGE.write_text(written)
    elif not PAGE.is_file() or PAGE.read_text() != written:
        sentences.append("docs/threat-coverage.md is not what the table says; run tests/coverage/page.py --write")
    tested, seen, pending = counts(table["attack"])
    waiting = [entry.get("number", entry.get("section")) for entry in table["mitigation"] + table["attack"] if "pending" in entry]
    if waiting and "--strict" in sys.argv:
        sentences.append(f"something is pending for {', '.join(map(str, waiting))}")
    counted = f"114 attacks and 17 mitigations are answered: {tested} attacks by tests, {seen} of them seen to fail, {pending} pending"
    print(*[f"error: {sentence}" for sentence in sentences] or [counted], sep="\n")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
