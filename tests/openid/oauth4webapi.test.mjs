/** oauth4webapi and aws-jwt-verify, as they were published. */

import assert from "node:assert/strict";
import { after, before, it } from "node:test";

import { JwtVerifier } from "aws-jwt-verify";
import * as oauth from "oauth4webapi";

import { Person, callback, issuer, register } from "./world.mjs";

const insecure = { [oauth.allowInsecureRequests]: true };
let ben, back;

before(async () => {
  [ben, back] = await Promise.all([Person.of("Openid Ben"), callback()]);
});
after(async () => {
  back.close();
  await ben.close();
});

const discovered = async (algorithm) => {
  const url = new URL(issuer);
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { ...insecure, algorithm }));
};

for (const [name, how, ...words] of [
  ["by basic", oauth.ClientSecretBasic],
  ["by post", oauth.ClientSecretPost],
  ["public, with PKCE", oauth.None, "--public"],
])
  it(`oauth4webapi logs in ${name}, and aws-jwt-verify verifies the ID token`, async () => {
    const { id, secret } = register("Judge", "--redirect-uri", back.url, ...words);
    const [as, client, auth] = [await discovered("oidc"), { client_id: id }, how(secret)];
    const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];
    const asked = new URL(as.authorization_endpoint);
    asked.search = String(new URLSearchParams({
      client_id: id, redirect_uri: back.url, response_type: "code", scope: "openid email", state, nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
    }));
    await ben.logIn(await ben.screen(), asked);
    const parameters = oauth.validateAuthResponse(as, client, new URL(await back.next()), state);
    const response = await oauth.authorizationCodeGrantRequest(as, client, auth, parameters, back.url, verifier, insecure);
    const answer = await oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(as, response, insecure);
    assert.equal(oauth.getValidatedIdTokenClaims(answer).sub, "openid-ben");
    const told = await oauth.userInfoRequest(as, client, answer.access_token, insecure);
    assert.equal((await oauth.processUserInfoResponse(as, client, "openid-ben", told)).sub, "openid-ben");
    const aws = JwtVerifier.create({ issuer, audience: id, jwksUri: as.jwks_uri });
    aws.cacheJwks(await (await fetch(as.jwks_uri)).json());
    assert.equal((await aws.verify(answer.id_token)).sub, "openid-ben");
    await assert.rejects(aws.verify(answer.id_token.replace(/\.(.)([^.]*)$/, (_, first, rest) => `.${first === "A" ? "B" : "A"}${rest}`)));
  });

it("the issuer of sessions is discovered too", async () => {
  const session = new URL(issuer.replace("/t/", "/client/public/"));
  const as = await oauth.processDiscoveryResponse(session, await oauth.discoveryRequest(session, insecure));
  assert.equal((await (await fetch(as.jwks_uri)).json()).keys[0].alg, "ES256");
});
