/** spring-security-oauth2-client, as it was published, in a Spring Boot application of its own. */

import assert from "node:assert/strict";
import { after, before, it } from "node:test";

import { Person, issuer, register } from "../world.mjs";
import { comeIn, freePort, given, goBack, know, start } from "./party.mjs";

const jar = given("SCANLATCH_SPRING_JAR");
const user = "openid-fay";
const email = "fay@example.com";
let fay, party, origin;

before(async () => {
  fay = await Person.of("Openid Fay");
  await know(user, { email, emailVerified: true });
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  const codes = `${origin}/login/oauth2/code`;
  const { id, secret } = register(
    "Spring", "--redirect-uri", `${codes}/basic`, "--redirect-uri", `${codes}/post`, "--logout-uri", `${origin}/out`,
  );
  party = await start(`${origin}/out`, "java", [
    "-jar", jar, `--server.port=${port}`, `--judge.issuer=${issuer}`, `--judge.id=${id}`, `--judge.secret=${secret}`,
    // The page of refusal does not say why; the log does.
    "--logging.level.org.springframework.security.oauth2.client.web=trace",
  ]);
});
after(async () => {
  await party?.close();
  await fay?.close();
});

const begin = (how) => `${origin}/oauth2/authorization/${how}`;
const home = (url) => url.origin === origin && url.pathname === "/";
const shown = (screen) => screen.locator("body").innerText();

// It uses PKCE for every application unless a program says otherwise.
for (const how of ["basic", "post"])
  it(`spring-security logs in by ${how} with PKCE`, async () => {
    const screen = await fay.screen();
    const asked = await comeIn(fay, screen, begin(how), home);
    assert.equal(asked.get("code_challenge_method"), "S256");
    assert.equal(await shown(screen), `${user} ${email}`);
  });

it("spring-security logs out, and then the next login asks again", async () => {
  const screen = await fay.screen();
  await comeIn(fay, screen, begin("basic"), home);
  await screen.goto(`${origin}/logout`);
  await screen.getByRole("button", { name: "Log Out" }).click();
  await screen.waitForURL(`${origin}/out`);
  assert.equal(await shown(screen), "logged out");
  await comeIn(fay, screen, begin("basic"), home);
  assert.equal(await shown(screen), `${user} ${email}`);
});

it("spring-security says on its own page that the person went back", async () => {
  const screen = await fay.screen();
  const text = await goBack(screen, begin("basic"), origin);
  assert.equal(screen.url(), `${origin}/login?error`);
  assert.match(text, /Invalid credentials/);
  await party.says(/OAuth2AuthenticationException: \[access_denied\]/);
});
