/** openid-client, as it was published. */

import assert from "node:assert/strict";
import { after, before, it } from "node:test";

import * as oidc from "openid-client";

import { Person, callback, issuer, register } from "./world.mjs";

const insecure = { execute: [oidc.allowInsecureRequests] };
const grants = ["--grant", "authorization_code", "--grant", "refresh_token"];
let ann, back;

before(async () => {
  [ann, back] = await Promise.all([Person.of("Openid Ann"), callback()]);
});
after(async () => {
  back.close();
  await ann.close();
});

/** Discovers the provider for a fresh application. */
async function discovered(how, ...words) {
  const { id, secret } = register("Judge", "--redirect-uri", back.url, ...grants, ...words);
  return oidc.discovery(new URL(issuer), id, secret, how?.(secret), insecure);
}

/** Logs in on a browser, and returns the tokens. */
async function loggedIn(config, screen, asked = {}, through = oidc.buildAuthorizationUrl) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = await through(config, {
    redirect_uri: back.url, scope: "openid email offline_access", state: expectedState, nonce: expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: "S256", ...asked,
  });
  await ann.logIn(screen, url);
  const to = new URL(await back.next());
  // The server hears of the browser before the browser is there, and would lose its way if it were sent on.
  await screen.waitForURL(String(to));
  return oidc.authorizationCodeGrant(config, to, { pkceCodeVerifier, expectedState, expectedNonce });
}

for (const [name, how, ...words] of [
  ["by basic", oidc.ClientSecretBasic],
  ["by post", oidc.ClientSecretPost],
  ["public, with PKCE", () => oidc.None(), "--public"],
  ["with ES256", oidc.ClientSecretBasic, "--id-token-algorithm", "ES256"],
])
  it(`openid-client logs in ${name}`, async () => {
    const config = await discovered(how, ...words);
    if (words.includes("ES256")) config.clientMetadata().id_token_signed_response_alg = "ES256";
    const tokens = await loggedIn(config, await ann.screen());
    assert.equal(tokens.claims().sub, "openid-ann");
    assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, "openid-ann")).sub, "openid-ann");
  });

it("openid-client logs in by a pushed request", async () => {
  const config = await discovered(oidc.ClientSecretBasic);
  const tokens = await loggedIn(config, await ann.screen(), {}, oidc.buildAuthorizationUrlWithPAR);
  assert.equal(tokens.claims().sub, "openid-ann");
});

it("openid-client refreshes, introspects and revokes", async () => {
  const config = await discovered(oidc.ClientSecretPost);
  const first = await loggedIn(config, await ann.screen());
  const second = await oidc.refreshTokenGrant(config, first.refresh_token);
  assert.equal((await oidc.tokenIntrospection(config, second.access_token)).active, true);
  await oidc.tokenRevocation(config, second.refresh_token);
  assert.equal((await oidc.tokenIntrospection(config, second.access_token)).active, false);
  await assert.rejects(oidc.refreshTokenGrant(config, second.refresh_token), { error: "invalid_grant" });
});

it("openid-client learns that the person declined", async () => {
  const config = await discovered(oidc.ClientSecretBasic);
  const screen = await ann.screen();
  const state = oidc.randomState();
  await screen.goto(String(oidc.buildAuthorizationUrl(config, { redirect_uri: back.url, scope: "openid", state })));
  await screen.getByTestId("back").click();
  await assert.rejects(
    oidc.authorizationCodeGrant(config, new URL(await back.next()), { expectedState: state }), { error: "access_denied" },
  );
});

it("openid-client logs a device without a keyboard in", async () => {
  const { id } = register("Television", "--public", "--grant", "urn:ietf:params:oauth:grant-type:device_code");
  const config = await oidc.discovery(new URL(issuer), id, undefined, oidc.None(), insecure);
  const asked = await oidc.initiateDeviceAuthorization(config, { scope: "openid" });
  const polled = oidc.pollDeviceAuthorizationGrant(config, asked);
  await ann.decide(new URL(asked.verification_uri_complete).searchParams.get("c"), "approve");
  assert.equal((await polled).claims().sub, "openid-ann");
});

it("openid-client logs out, and then the next login asks again", async () => {
  const { id, secret } = register("Judge", "--redirect-uri", back.url, "--logout-uri", back.url);
  const config = await oidc.discovery(new URL(issuer), id, secret, undefined, insecure);
  const screen = await ann.screen();
  const tokens = await loggedIn(config, screen);
  await screen.goto(String(oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: back.url, id_token_hint: tokens.id_token })));
  assert.equal(new URL(await back.next()).search, "");
  await screen.goto(String(oidc.buildAuthorizationUrl(config, { redirect_uri: back.url, scope: "openid", prompt: "none", state: "s" })));
  assert.equal(new URL(await back.next()).searchParams.get("error"), "login_required");
});
