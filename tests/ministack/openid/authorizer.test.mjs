/** An HTTP API whose JWT authorizer trusts our provider. */

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, it } from "node:test";

import { Person, callback, issuer, register } from "../../openid/world.mjs";
import { aws, backend, send } from "./cloud.mjs";

const verifier = randomBytes(32).toString("base64url");
const form = (members) => ({ method: "POST", body: new URLSearchParams(members) });
let ann, back, behind, host, tokens;

/** The tokens of a login at an application that is registered with these flags. */
async function loggedIn(name, ...words) {
  const { id: client_id, secret: client_secret } = register(name, "--redirect-uri", back.url, ...words);
  const asked = new URLSearchParams({
    response_type: "code", client_id, redirect_uri: back.url, scope: "openid email", state: "s",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256",
  });
  await ann.logIn(await ann.screen(), `${issuer}/authorize?${asked}`);
  const code = new URL(await back.next()).searchParams.get("code");
  const exchange = { grant_type: "authorization_code", code, redirect_uri: back.url, code_verifier: verifier, client_id, client_secret };
  const answer = await (await fetch(`${issuer}/token`, form(exchange))).json();
  return { client: client_id, access: answer.access_token, id: answer.id_token };
}

const header = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url"));

/** What the API answers to a call with this token. */
const called = (token, path = "/") => send(host, path, { headers: token ? { authorization: `Bearer ${token}` } : {} });

before(async () => {
  [ann, back, behind] = await Promise.all([Person.of("Gateway Ann"), callback(), backend("x-user")]);
  tokens = {
    rs256: await loggedIn("Api"),
    jwt: await loggedIn("Typed", "--access-token-type", "JWT"),
    es256: await loggedIn("Elliptic", "--access-token-algorithm", "ES256"),
    other: await loggedIn("Other"),
  };
  const { ApiId: apiId } = await aws("apigatewayv2", "create-api", { name: "judged", protocolType: "HTTP" });
  const [authorizer, integration] = await Promise.all([
    aws("apigatewayv2", "create-authorizer", {
      apiId,
      name: "provider",
      authorizerType: "JWT",
      identitySource: "$request.header.Authorization",
      jwtConfiguration: { Issuer: issuer, Audience: [tokens.rs256.client, tokens.jwt.client, tokens.es256.client] },
    }),
    aws("apigatewayv2", "create-integration", {
      apiId,
      integrationType: "HTTP_PROXY",
      integrationMethod: "GET",
      integrationUri: `http://127.0.0.1:${behind.port}/`,
      payloadFormatVersion: "1.0",
      requestParameters: { "append:header.x-user": "$context.authorizer.claims.sub" },
    }),
  ]);
  const target = `integrations/${integration.IntegrationId}`;
  const route = { apiId, authorizationType: "JWT", authorizerId: authorizer.AuthorizerId, target };
  await Promise.all([
    aws("apigatewayv2", "create-route", { ...route, routeKey: "GET /" }),
    aws("apigatewayv2", "create-route", { ...route, routeKey: "GET /mail", authorizationScopes: ["email"] }),
    aws("apigatewayv2", "create-route", { ...route, routeKey: "GET /phone", authorizationScopes: ["phone"] }),
    aws("apigatewayv2", "create-stage", { apiId, stageName: "$default", autoDeploy: true }),
  ]);
  host = `${apiId}.execute-api.us-east-1.amazonaws.com`;
});
after(async () => {
  behind?.close();
  back?.close();
  await ann?.close();
});

it("an HTTP API answers 200 to an RS256 access token, and its integration learns whose it is", async () => {
  assert.deepEqual([header(tokens.rs256.access).alg, header(tokens.rs256.access).typ], ["RS256", "at+jwt"]);
  const { status, text } = await called(tokens.rs256.access);
  assert.deepEqual([status, text], [200, "gateway-ann"]);
});

it("an HTTP API answers 200 to an access token of the type JWT", async () => {
  assert.equal(header(tokens.jwt.access).typ, "JWT");
  assert.equal((await called(tokens.jwt.access)).status, 200);
});

it("an HTTP API answers 401 to an ES256 access token", async () => {
  assert.equal(header(tokens.es256.access).alg, "ES256");
  // Only the algorithm is in the way: the provider itself takes it.
  const authorization = `Bearer ${tokens.es256.access}`;
  assert.equal((await fetch(`${issuer}/userinfo`, { headers: { authorization } })).status, 200);
  assert.equal((await called(tokens.es256.access)).status, 401);
});

it("an HTTP API answers 401 without a token, and to a token for another application", async () => {
  assert.equal((await called()).status, 401);
  assert.equal((await called(tokens.other.access)).status, 401);
});

it("a route that asks for a scope takes an access token that has it, and no ID token", async () => {
  assert.equal((await called(tokens.rs256.access, "/mail")).status, 200);
  assert.equal((await called(tokens.rs256.access, "/phone")).status, 403);
  assert.equal((await called(tokens.rs256.id, "/mail")).status, 403);
});
