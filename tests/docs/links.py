"""Every relative link of every Markdown file leads to a file and a heading, and every path in code spans exists."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOP = ("docs", "events", "examples", "functions", "infra", "shared", "tests")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"`((?:%s)/[\w./-]+)`" % "|".join(TOP))
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def prose(path):
    return FENCE.sub("", path.read_text())


def anchors(path):
    """The ids that GitHub gives to the headings of a file."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(path)))
    return {heading.replace(" ", "-") for heading in plain}


def broken_link(document, target):
    if re.match(r"[a-z]+:", target):
        return None
    name, _, anchor = target.partition("#")
    file = (document.parent / name).resolve() if name else document
    if not file.exists():
        return "there is no such file"
    if anchor and anchor not in anchors(file):
        return "the file has no such heading"
    return None


def faults(document):
    text = prose(document)
    for target in LINK.findall(text):
        if why := broken_link(document, target):
            yield f"the link {target}: {why}"
    for path in PATH.findall(text):
        if "NAME" not in path and not (ROOT / path).exists():
            yield f"the path {path}: there is no such file"


def main():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split()
    documents = [ROOT / name for name in listed if (ROOT / name).exists()]
    sentences = [f"{document.relative_to(ROOT)}: {fault}" for document in documents for fault in faults(document)]
    print(*sentences or [f"{len(documents)} documents hold no broken link or path"], sep="\n")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
