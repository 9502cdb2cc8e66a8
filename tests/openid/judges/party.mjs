/** Relying parties that run as programs of their own, and what each must show. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { stack } from "../world.mjs";

/** What an environment variable says; the stage `openid_judges` sets it. */
export function given(name) {
  if (!process.env[name]) throw new Error(`${name} is missing; tests/run openid_judges sets it`);
  return process.env[name];
}

const listening = (server, port = 0) =>
  new Promise((resolve) => { server.listen(port, "127.0.0.1", () => resolve(server.address().port)); });

/** A port for a party that must be told its own address before it starts. */
export async function freePort() {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

/** The application behind a proxy. Its page is the request's headers. */
export async function upstream() {
  const server = createServer(({ headers }, response) => {
    response.setHeader("Content-Type", "text/plain");
    response.end(JSON.stringify(headers));
  });
  const port = await listening(server);
  return { url: `http://127.0.0.1:${port}/`, close: () => (server.closeAllConnections(), server.close()) };
}

/** Starts a party, and waits until it answers at `url`. A party that does not is told of with all that it wrote. */
export async function start(url, command, words) {
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"] });
  let wrote = "";
  let failure;
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => { wrote += data; });
  child.on("error", (error) => { failure = error; });
  const ended = new Promise((resolve) => { child.on("close", resolve); });
  // A run that is broken off leaves no program behind.
  process.on("exit", () => child.kill());
  const party = {
    /** Waits until the party has written it. */
    async says(pattern) {
      for (let tries = 0; tries < 50 && !pattern.test(wrote); tries += 1) await sleep(100);
      assert.match(wrote, pattern);
    },
    async close() {
      if (child.exitCode === null && !failure) child.kill();
      await ended;
    },
  };
  for (let tries = 0; tries < 600; tries += 1) {
    if (failure || child.exitCode !== null) break;
    if (await fetch(url, { redirect: "manual" }).then(() => true, () => false)) return party;
    await sleep(200);
  }
  await party.close();
  throw new Error(`${command} did not start: ${failure ?? ""}\n${wrote}`);
}

/** Says by the server API what is known of a user. */
export async function know(userId, attributes) {
  const answer = await fetch(`${stack.apiUrl}/users/${userId}`, {
    method: "PATCH",
    headers: { "Authorization": `Basic ${btoa(`${stack.secretKey}:`)}`, "Content-Type": "application/json" },
    body: JSON.stringify(attributes),
  });
  assert.equal(answer.status, 200, await answer.text());
}

/** Opens a page of a party, logs in with the phone, and comes back. Returns what the party asked the provider for. */
export async function comeIn(person, screen, from, to = from) {
  const asked = screen.waitForRequest(/\/authorize\?/);
  await person.logIn(screen, from);
  await screen.waitForURL(to).catch(async (cause) => {
    throw new Error(`the party says: ${await screen.locator("body").textContent()}`, { cause });
  });
  return new URL((await asked).url()).searchParams;
}

/** Opens a page of a party, and goes back without a login. Returns what the party's page says then, folded or not. */
export async function goBack(screen, from, party) {
  await screen.goto(from);
  const answered = screen.waitForRequest((asked) => asked.url().startsWith(`${party}/`));
  await screen.getByTestId("back").click();
  assert.equal(new URL((await answered).url()).searchParams.get("error"), "access_denied");
  await screen.waitForURL((url) => url.origin === party);
  return screen.locator("body").textContent();
}
