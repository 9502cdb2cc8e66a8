"""Serves the page, tracks, validates, and keeps the user logged in with a signed cookie."""

import os
import pathlib
import secrets
from typing import Annotated

from authsignal.client import ApiException, AuthsignalClient
from fastapi import Body, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.sessions import SessionMiddleware

API_URL = os.environ["AUTHSIGNAL_API_URL"]
TENANT_ID = os.environ["AUTHSIGNAL_TENANT_ID"]
ACTION = "login"

authsignal = AuthsignalClient(api_secret_key=os.environ["AUTHSIGNAL_SECRET_KEY"], api_url=API_URL)
app = FastAPI()
# Without a secret of its own, everybody is logged out when the server restarts.
app.add_middleware(SessionMiddleware, secret_key=os.environ.get("COOKIE_SECRET") or secrets.token_hex(32))

Text = Annotated[str, Body(embed=True, min_length=1)]


@app.get("/config.json")
def config():
    return {"tenantId": TENANT_ID, "baseUrl": API_URL}


@app.post("/track")
def track(userId: Text):
    """A code for one user. Anybody may type any name here, so the token gets no scope."""
    return {"token": authsignal.track(user_id=userId, action=ACTION)["token"]}


@app.post("/login")
def login(request: Request, token: Text):
    result = authsignal.validate_challenge({"token": token, "action": ACTION})
    if result.get("state") != "CHALLENGE_SUCCEEDED":
        return JSONResponse({"error": "The login was not approved."}, 401)
    request.session["userId"] = result["user_id"]
    return {"userId": result["user_id"]}


@app.get("/me")
def me(request: Request):
    if "userId" not in request.session:
        return JSONResponse({"error": "Nobody is logged in."}, 401)
    return {"userId": request.session["userId"]}


@app.post("/logout")
def logout(request: Request):
    request.session.clear()
    return {}


@app.exception_handler(ApiException)
def refused(_request: Request, error: ApiException):
    """What the service refused or could not answer. The browser is told no more than that."""
    print(error)
    status = 400 if error.status_code == 400 else 502
    return JSONResponse({"error": "The login service refused or did not answer."}, status)


app.mount("/", StaticFiles(directory=pathlib.Path(__file__).parent.parent / "page", html=True))
