/** Packs the package, installs it into an empty project as a user would, and has it compiled and run from there. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "scanlatch-pack-"));
const run = (command, ...args) => execFileSync(command, args, { cwd: project, encoding: "utf8" });
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
const names = readdirSync(join(root, "dist")).filter((name) => name.endsWith(".js")).map((name) => name.slice(0, -3));
const imported = (name) => (name === "index" ? "@scanlatch/browser" : `@scanlatch/browser/${name}`);

const PAGE = `
import { challengeIdFrom, type ClaimedChallenge, type DeviceResponse, ScanlatchDevice, shortCodeFrom } from "@scanlatch/browser/device";
import { ScanlatchQrElement, type StateDetail } from "@scanlatch/browser/element";
import { Scanlatch, type ChallengeResponse, type Status } from "@scanlatch/browser";
const scanlatch = new Scanlatch({ tenantId: "t", baseUrl: "https://login.example/v1" });
export const shown: Promise<ChallengeResponse> = scanlatch.qrCode.challenge({
  action: "login",
  onStateChange: (state, token?: string) => void [state === "approved", token],
  onRefresh: ({ challengeId, expiresAt }) => void [challengeId, expiresAt],
  onStatus: (status: Status) => void status.state,
  custom: { deviceInfo: "Terminal A" },
  refreshInterval: 540000,
  polling: false,
});
const { device } = new ScanlatchDevice({ tenantId: "t", baseUrl: "https://login.example/v1" });
export const claimed: Promise<DeviceResponse<ClaimedChallenge>> = device.claimChallenge({ challengeId: challengeIdFrom("x") ?? "" });
export const typed: Promise<DeviceResponse<ClaimedChallenge>> = device.claimChallenge({ shortCode: shortCodeFrom("x") ?? "" });
// @ts-expect-error The types are the package's own, and insist.
export const wrong = device.claimChallenge({});
export function listen(element: HTMLElementTagNameMap["scanlatch-qr"]): ScanlatchQrElement {
  element.addEventListener("scanlatch-state", ({ detail }) => void (detail satisfies StateDetail).state);
  return element;
}
`;
const others = names.filter((name) => name !== "index").map((name, n) => `export * as other${n} from "${imported(name)}";\n`);

function compiles(what, folder, manifest, options) {
  mkdirSync(join(project, folder));
  writeFileSync(join(project, folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(project, folder, "page.ts"), PAGE + others.join(""));
  const flags = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom,dom.iterable", ...options];
  run(process.execPath, tsc, ...flags, join(folder, "page.ts"));
  console.log(`compiles: ${what}`);
}

try {
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  const [{ filename, files, size, unpackedSize }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", project], { cwd: root, encoding: "utf8" }),
  );
  console.log(`${filename}: ${files.length} files, ${size} bytes, ${unpackedSize} unpacked`);
  run("npm", "install", "--no-audit", "--no-fund", "--offline", `./${filename}`);

  compiles("an ES module for Node", "esm", { type: "module" }, ["--module", "nodenext"]);
  compiles("a CommonJS module for Node", "cjs", { type: "commonjs" }, ["--module", "nodenext"]);
  compiles("CommonJS for a bundler", "cjs-bundler", { type: "commonjs" }, ["--module", "commonjs", "--moduleResolution", "bundler"]);
  compiles("for a bundler", "bundler", { type: "module" }, ["--module", "esnext", "--moduleResolution", "bundler"]);

  const get = "m => { if (typeof m.Scanlatch !== 'function') throw new Error('no Scanlatch'); }";
  run(process.execPath, "--input-type=module", "-e", `import("@scanlatch/browser").then(${get})`);
  run(process.execPath, "--input-type=commonjs", "-e", `(${get})(require("@scanlatch/browser"))`);
  console.log("loads: import and require");

  for (const [what, text] of [["import", names.map((name) => `import "${imported(name)}";`)], ["require", names.map((name) => `require("${imported(name)}");`)]]) {
    const entry = join(project, `entry.${what === "import" ? "mjs" : "cjs"}`);
    writeFileSync(entry, text.join("\n"));
    await build({ absWorkingDir: project, entryPoints: [entry], bundle: true, write: false, platform: "browser", logLevel: "error", ignoreAnnotations: true });
    console.log(`bundles: ${what} of ${names.join(", ")}`);
  }
} finally {
  rmSync(project, { recursive: true, force: true });
}
