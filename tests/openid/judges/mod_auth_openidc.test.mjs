/** mod_auth_openidc, as Debian publishes it, in an Apache of its own before an application that knows nothing of logins. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";

import { Person, issuer, register } from "../world.mjs";
import { comeIn, freePort, goBack, know, start, upstream } from "./party.mjs";

const modules = "/usr/lib/apache2/modules";
const loaded = ["mpm_event", "authn_core", "authz_core", "authz_user", "proxy", "proxy_http", "auth_openidc"];
const user = "openid-emil";
const email = "emil@example.com";
let emil, application;

before(async () => {
  [emil, application] = await Promise.all([Person.of("Openid Emil"), upstream()]);
  await know(user, { email, emailVerified: true });
});
after(async () => {
  application.close();
  await emil.close();
});

/** Runs it for one test. */
async function guarded(test, method, ...lines) {
  const folder = mkdtempSync(join(tmpdir(), "judge-"));
  chmodSync(folder, 0o755);
  let party;
  test.after(async () => {
    await party?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const origin = `http://127.0.0.1:${await freePort()}`;
  const out = `${origin}/out`;
  const { id, secret } = register("Apache", "--redirect-uri", `${origin}/callback`, "--logout-uri", out);
  const file = join(folder, "httpd.conf");
  writeFileSync(file, [
    ...loaded.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`),
    `ServerRoot ${folder}`,
    `DefaultRuntimeDir ${folder}`,
    `PidFile ${folder}/pid`,
    `Listen ${new URL(origin).host}`,
    "ServerName 127.0.0.1",
    'ErrorLog "|/bin/cat"',
    // Apache refuses to serve as root.
    ...(process.getuid() === 0 ? ["User nobody", "Group nogroup"] : []),
    `OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration`,
    `OIDCClientID ${id}`,
    `OIDCClientSecret ${secret}`,
    `OIDCProviderTokenEndpointAuth ${method}`,
    `OIDCRedirectURI ${origin}/callback`,
    `OIDCCryptoPassphrase ${randomUUID()}`,
    'OIDCScope "openid email profile"',
    "OIDCRemoteUserClaim sub",
    ...lines,
    "<Location />",
    "  AuthType openid-connect",
    "  Require valid-user",
    "</Location>",
    "<Location /out>",
    "  AuthType none",
    "  Require all granted",
    "</Location>",
    "ProxyPass /callback !",
    `ProxyPass / ${application.url}`,
    "",
  ].join("\n"));
  party = await start(out, "/usr/sbin/apache2", ["-f", file, "-DFOREGROUND"]);
  return { origin, out, page: `${origin}/` };
}

/** Whom the application sees. */
async function seen(screen) {
  const headers = JSON.parse(await screen.locator("body").innerText());
  return [headers.oidc_claim_sub, headers.oidc_claim_email];
}

for (const [name, method, challenge, ...lines] of [
  ["by basic", "client_secret_basic", null],
  ["by basic with PKCE", "client_secret_basic", "S256", "OIDCPKCEMethod S256"],
  ["by post", "client_secret_post", null],
  ["by post with PKCE", "client_secret_post", "S256", "OIDCPKCEMethod S256"],
])
  it(`mod_auth_openidc logs in ${name}`, async (test) => {
    const { page } = await guarded(test, method, ...lines);
    const screen = await emil.screen();
    const asked = await comeIn(emil, screen, page);
    assert.equal(asked.get("code_challenge_method"), challenge);
    assert.deepEqual(await seen(screen), [user, email]);
  });

it("mod_auth_openidc logs out, and then the next login asks again", async (test) => {
  const { origin, out, page } = await guarded(test, "client_secret_basic");
  const screen = await emil.screen();
  await comeIn(emil, screen, page);
  await screen.goto(`${origin}/callback?logout=${encodeURIComponent(out)}`);
  assert.equal(screen.url(), out);
  await comeIn(emil, screen, page);
  assert.deepEqual(await seen(screen), [user, email]);
});

// It takes an answer with `iss` and without a code for a login that another site begins, so its words are not those for
// `access_denied`. RFC 9207 wants `iss` in refusals too.
it("mod_auth_openidc shows its own page of refusal to a person who went back", async (test) => {
  const { origin, page } = await guarded(test, "client_secret_basic");
  const text = await goBack(await emil.screen(), page, origin);
  assert.match(text, /Error:\s*Invalid Request/);
});
