"""An application with authlib, as it was published: / sends the browser to log in, /cb prints who logged in."""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwk, jwt

issuer, client_id, client_secret, method = sys.argv[1:5]
document = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
verifier, nonce = generate_token(48), generate_token(20)


class App(BaseHTTPRequestHandler):
    def session(self):
        return OAuth2Session(
            client_id, client_secret or None, scope="openid email", redirect_uri=f"http://127.0.0.1:{self.server.server_port}/cb",
            code_challenge_method="S256", token_endpoint_auth_method=method)

    def do_GET(self):
        self.send_response(302 if self.path == "/" else 200)
        if self.path == "/":
            url, App.state = self.session().create_authorization_url(
                document["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
            self.send_header("Location", url)
        self.end_headers()
        if self.path.startswith("/cb"):
            session = self.session()
            session.state = App.state
            address = f"http://127.0.0.1:{self.server.server_port}{self.path}"
            token = session.fetch_token(document["token_endpoint"], authorization_response=address, code_verifier=verifier)
            keys = jwk.KeySet.import_key_set(requests.get(document["jwks_uri"], timeout=10).json())
            claims = jwt.decode(token["id_token"], keys).claims
            jwt.JWTClaimsRegistry(
                iss={"essential": True, "value": issuer}, aud={"essential": True, "value": client_id},
                nonce={"essential": True, "value": nonce}).validate(claims)
            print(json.dumps({"sub": claims["sub"], "told": session.get(document["userinfo_endpoint"]).json()}), flush=True)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), App)
print(json.dumps({"url": f"http://127.0.0.1:{server.server_port}/"}), flush=True)
server.serve_forever()
