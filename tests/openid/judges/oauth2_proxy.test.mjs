/** oauth2-proxy, as it was published, in front of an application that knows nothing of logins. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, it } from "node:test";

import { Person, issuer, register } from "../world.mjs";
import { comeIn, freePort, given, goBack, know, start, upstream } from "./party.mjs";

const program = given("SCANLATCH_OAUTH2_PROXY");
const user = "openid-dora";
const email = "dora@example.com";
let dora, application;

before(async () => {
  [dora, application] = await Promise.all([Person.of("Openid Dora"), upstream()]);
  await know(user, { email, emailVerified: true });
});
after(async () => {
  application.close();
  await dora.close();
});

/** Runs it for one test. */
async function proxied(test, ...words) {
  const origin = `http://127.0.0.1:${await freePort()}`;
  const out = `${origin}/out`;
  const { id, secret } = register("oauth2-proxy", "--redirect-uri", `${origin}/oauth2/callback`, "--logout-uri", out);
  const party = await start(`${origin}/ping`, program, [
    "--provider=oidc", `--oidc-issuer-url=${issuer}`, `--client-id=${id}`, `--client-secret=${secret}`,
    `--redirect-url=${origin}/oauth2/callback`, "--scope=openid email profile", "--email-domain=*",
    `--http-address=${new URL(origin).host}`, `--upstream=${application.url}`, "--skip-provider-button",
    `--cookie-secret=${randomBytes(16).toString("hex")}`, "--cookie-secure=false",
    `--whitelist-domain=${new URL(issuer).host}`, "--skip-auth-route=^/out$",
    // Chromium asks for /favicon.ico too, and what begins that login must not displace what began the page's.
    "--cookie-csrf-per-request", ...words,
  ]);
  test.after(() => party.close());
  return { origin, out, page: `${origin}/` };
}

/** Whom the application sees. */
async function seen(screen) {
  const headers = JSON.parse(await screen.locator("body").innerText());
  return [headers["x-forwarded-user"], headers["x-forwarded-email"]];
}

// Its library proves the application by basic, and by post only where basic was refused. No option says otherwise.
for (const [name, method, ...words] of [
  ["by basic", null],
  ["by basic with PKCE", "S256", "--code-challenge-method=S256"],
])
  it(`oauth2-proxy logs in ${name}`, async (test) => {
    const { page } = await proxied(test, ...words);
    const screen = await dora.screen();
    const asked = await comeIn(dora, screen, page);
    assert.equal(asked.get("code_challenge_method"), method);
    assert.deepEqual(await seen(screen), [user, email]);
  });

it("oauth2-proxy forgets the login, and the browser's own session at the provider brings it back", async (test) => {
  const { origin, page } = await proxied(test);
  const screen = await dora.screen();
  await comeIn(dora, screen, page);
  const asked = screen.waitForRequest(/\/authorize\?/);
  await screen.goto(`${origin}/oauth2/sign_out`);
  await asked;
  await screen.waitForURL(page);
  assert.deepEqual(await seen(screen), [user, email]);
});

it("oauth2-proxy logs out at the provider too, and then the next login asks again", async (test) => {
  const { origin, out, page } = await proxied(test);
  const screen = await dora.screen();
  await comeIn(dora, screen, page);
  const end = `${issuer}/logout?id_token_hint={id_token}&post_logout_redirect_uri=${encodeURIComponent(out)}`;
  await screen.goto(`${origin}/oauth2/sign_out?rd=${encodeURIComponent(end)}`);
  assert.equal(screen.url(), out);
  await comeIn(dora, screen, page);
  assert.deepEqual(await seen(screen), [user, email]);
});

it("oauth2-proxy says on its own page that the person went back", async (test) => {
  const { origin, page } = await proxied(test);
  const text = await goBack(await dora.screen(), page, origin);
  assert.match(text, /403/);
  assert.match(text, /The upstream identity provider returned an error: access_denied/);
});
