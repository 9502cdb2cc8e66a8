/** The running stack, applications that are registered there, and a person with a phone and a browser. */

import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const path = process.env.SCANLATCH_READY;
if (!path) throw new Error("SCANLATCH_READY must name the ready file of a running stack; tests/run sets it");
export const stack = JSON.parse(readFileSync(path, "utf8"));

/** The provider of the demo tenant. */
export const issuer = `${stack.apiUrl}/t/${stack.tenantId}`;

const scanlatch = fileURLToPath(new URL("../../target/debug/scanlatch", import.meta.url));

/** Registers an application; `words` are further flags. */
export function register(name, ...words) {
  const id = `${name}-${randomUUID().slice(0, 8)}`;
  const local = stack.apiUrl.replace(/\/v1$/, "");
  const all = ["client", "create", id, "--tenant", stack.tenantId, "--name", name, ...words, "--json", "--local", local];
  const { clientSecret } = JSON.parse(execFileSync(scanlatch, all, { encoding: "utf8" }));
  return { id, secret: clientSecret };
}

/** A server to which the provider sends browsers back. It says where each was sent. */
export async function callback() {
  const seen = [];
  let waiting;
  const server = createServer((request, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>back</title>");
    if (!request.url.startsWith("/cb")) return;
    seen.push(`http://127.0.0.1:${server.address().port}${request.url}`);
    waiting?.();
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return {
    url: `http://127.0.0.1:${server.address().port}/cb`,
    async next() {
      while (seen.length === 0) await new Promise((resolve) => { waiting = resolve; });
      return seen.shift();
    },
    close: () => server.close(),
  };
}

const candidates = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = candidates.find((candidate) => candidate && existsSync(candidate));
if (!executablePath) throw new Error("no Chromium was found; install one, or set CHROMIUM to its path");
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const state = (page, ...wanted) =>
  page.waitForFunction((wanted) => wanted.includes(document.body.dataset.state), wanted, { timeout: 20_000 });

/** A person: a phone that is set up, and browsers of their own. */
export class Person {
  static async of(name) {
    const person = new Person();
    person.browser = await chromium.launch({ executablePath, headless: true, args });
    person.phone = await (await person.browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
    await person.phone.goto(`${stack.demoUrl}phone`);
    await state(person.phone, "enrol");
    await person.phone.getByTestId("name").fill(name);
    await person.phone.getByTestId("enrol").click();
    await state(person.phone, "home");
    return person;
  }

  /** A browser that has never been anywhere. */
  async screen() {
    return (await this.browser.newContext()).newPage();
  }

  /** Goes where an application sends the browser, and approves what its login page shows. */
  async logIn(screen, url) {
    const [shown] = await Promise.all([screen.waitForResponse(/\/t\/[^/]+\/sign-in$/), screen.goto(String(url))]);
    await state(screen, "code");
    await this.decide((await shown.json()).challengeId, "approve");
  }

  /** Answers a challenge with the phone. */
  async decide(challengeId, answer) {
    await this.phone.goto(`${stack.demoUrl}phone?c=${challengeId}`);
    await state(this.phone, "question");
    await this.phone.getByTestId(answer).click();
  }

  close() {
    return this.browser.close();
  }
}
