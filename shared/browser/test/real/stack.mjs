/** Real local stacks: the one that `SCANLATCH_READY` describes, and such as a test starts and kills. */

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The running stack, as its ready file describes it. */
export function running() {
  const path = process.env.SCANLATCH_READY;
  if (!path) throw new Error("SCANLATCH_READY must name the ready file of a running stack; tests/run sets it");
  return JSON.parse(readFileSync(path, "utf8"));
}

/** A stack that keeps its data in a folder, so that it can be killed and started again. */
export class Stack {
  #folder = mkdtempSync(join(tmpdir(), "scanlatch-stack-"));
  #flags;
  #process;
  /** What its ready file says. */
  ready;

  /** `flags` are further ones of the program. */
  constructor(flags = []) {
    this.#flags = flags;
  }

  /** Starts it, on the port that it had before, and waits until it is ready. */
  async start() {
    const program = process.env.SCANLATCH_LOCAL;
    if (!program) throw new Error("SCANLATCH_LOCAL must name the program of the local stack; tests/run sets it");
    const file = join(this.#folder, "ready.json");
    rmSync(file, { force: true });
    const port = this.ready ? new URL(this.ready.apiUrl).port : "0";
    const options = ["--port", port, "--data", join(this.#folder, "data"), "--ready-file", file, ...this.#flags];
    // What it would note for other tests is cut off when it is killed.
    const env = { ...process.env, SCANLATCH_RECORD: undefined, SCANLATCH_LOGS: undefined };
    this.#process = spawn(program, options, { env, stdio: ["ignore", "ignore", "inherit"] });
    while (!existsSync(file)) {
      if (this.#process.exitCode !== null) throw new Error(`the stack ended with ${this.#process.exitCode}`);
      await sleep(50);
    }
    this.ready = JSON.parse(readFileSync(file, "utf8"));
  }

  /** Ends it without a chance to say goodbye. */
  async kill() {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await ended;
  }

  async remove() {
    if (this.#process) await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The backend of a stack's tenant, by plain calls. */
export class Backend {
  #ready;

  constructor(ready) {
    this.#ready = ready;
  }

  /** The token with which a browser enrols for a user. */
  async enrolmentToken(userId) {
    const path = `/users/${encodeURIComponent(userId)}/actions/enrol`;
    return (await this.#call(path, { scope: "add:authenticators" })).token;
  }

  /** What became of the login behind a result token. */
  validate(token) {
    return this.#call("/validate", { token });
  }

  async #call(path, body) {
    const { apiUrl, secretKey } = this.#ready;
    const Authorization = `Basic ${Buffer.from(`${secretKey}:`).toString("base64")}`;
    const headers = { Authorization, "Content-Type": "application/json" };
    const response = await fetch(apiUrl + path, { method: "POST", headers, body: JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer;
  }
}

let people = 0;
/** A user whom no other test knows. */
export const someone = (name) => `${name}-${process.pid}-${Date.now()}-${(people += 1)}`;
