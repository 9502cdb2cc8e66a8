"""Runs schemathesis with the credentials of the stack that SCANLATCH_READY names."""

import os
import pathlib
import sys

from scene import Scene

here = pathlib.Path(__file__).resolve().parent
scene = Scene()
os.environ.update(SCANLATCH_TENANT=scene.tenant, SCANLATCH_SECRET=scene.secret, SCANLATCH_TOKEN=scene.token)
os.environ.update(
    SCANLATCH_APPLICATION=scene.application,
    SCANLATCH_APPLICATION_SECRET=scene.application_secret,
    SCANLATCH_ACCESS_TOKEN=scene.tokens["access_token"],
)
os.environ["PYTHONPATH"] = str(here)
# The configuration names the hooks from here.
os.chdir(here)
schemathesis = pathlib.Path(sys.executable).with_name("schemathesis")
command = [schemathesis, "--config-file", here / "schemathesis.toml", "run", here.parents[1] / "infra/openapi.yaml"]
os.execv(schemathesis, [str(part) for part in [*command, "--url", scene.url, *sys.argv[1:]]])
