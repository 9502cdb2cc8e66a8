/** A Cognito user pool whose identity provider is ours. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, it } from "node:test";

import { Person, callback, issuer, register } from "../../openid/world.mjs";
import { aws, edge, send } from "./cloud.mjs";

const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const domain = `pool-${randomUUID().slice(0, 8)}`;
const host = `${domain}.auth.us-east-1.amazoncognito.com`;
let ann, back, front, client, details, userPoolId;

before(async () => {
  [ann, back, front] = await Promise.all([Person.of("Pool Ann"), callback(), edge()]);
  const { id, secret } = register("Pool", "--redirect-uri", `https://${host}/oauth2/idpresponse`);
  userPoolId = (await aws("cognito-idp", "create-user-pool", { poolName: domain })).UserPool.Id;
  await aws("cognito-idp", "create-user-pool-domain", { userPoolId, domain });
  // The endpoints come from the discovery document.
  details = {
    client_id: id, client_secret: secret, oidc_issuer: issuer,
    authorize_scopes: "openid email profile", attributes_request_method: "GET",
  };
  await aws("cognito-idp", "create-identity-provider", {
    userPoolId,
    providerName: "Scanlatch",
    providerType: "OIDC",
    providerDetails: details,
    attributeMapping: { email: "email", username: "sub" },
  });
  client = (await aws("cognito-idp", "create-user-pool-client", {
    userPoolId,
    clientName: "app",
    supportedIdentityProviders: ["Scanlatch"],
    callbackUrls: [back.url],
    allowedOAuthFlows: ["code"],
    allowedOAuthScopes: ["openid", "email", "profile"],
    allowedOAuthFlowsUserPoolClient: true,
  })).UserPoolClient.ClientId;
});
after(async () => {
  front?.close();
  back?.close();
  await ann?.close();
});

/** Where an app sends the browser. */
const authorize = (state) => `https://${host}/oauth2/authorize?${new URLSearchParams({
  response_type: "code", client_id: client, redirect_uri: back.url, scope: "openid email", state, identity_provider: "Scanlatch",
})}`;

async function exchanged(code) {
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const form = new URLSearchParams({ grant_type: "authorization_code", client_id: client, redirect_uri: back.url, code });
  return send(host, "/oauth2/token", { method: "POST", headers, body: String(form) });
}

it("a user pool federates a login by QR code", async () => {
  await ann.logIn(await front.screen(ann), authorize("of-the-app"));
  const to = new URL(await back.next());
  assert.equal(to.searchParams.get("state"), "of-the-app");
  const answer = await exchanged(to.searchParams.get("code"));
  assert.equal(answer.status, 200, answer.text);
  const told = claims(JSON.parse(answer.text).id_token);
  assert.equal(told["cognito:username"], "Scanlatch_pool-ann");
  assert.equal(told.iss.split("/")[2], "cognito-idp.us-east-1.amazonaws.com");
});

it("a browser that has logged in there is not asked again", async () => {
  const screen = await front.screen(ann);
  await ann.logIn(screen, authorize("first"));
  await screen.waitForFunction(() => document.title === "back");
  await back.next();
  await screen.goto(authorize("second"));
  const to = new URL(await back.next());
  assert.equal(to.searchParams.get("state"), "second");
  assert.equal((await exchanged(to.searchParams.get("code"))).status, 200);
});

it("a user pool with a wrong secret federates nobody", async () => {
  const provider = { userPoolId, providerName: "Scanlatch" };
  const providerDetails = { ...details, client_secret: "wrong" };
  await aws("cognito-idp", "update-identity-provider", { ...provider, providerDetails });
  const screen = await front.screen(ann);
  const refused = screen.waitForResponse(/\/oauth2\/idpresponse/);
  await ann.logIn(screen, authorize("wrong"));
  assert.equal((await refused).status(), 400);
  await aws("cognito-idp", "update-identity-provider", { ...provider, providerDetails: details });
  await ann.logIn(await front.screen(ann), authorize("right"));
  assert.equal(new URL(await back.next()).searchParams.get("state"), "right");
});
