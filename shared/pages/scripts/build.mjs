/**
 * Builds dist from src. The same sources give the same bytes. Each page has one script and one sheet of styles; the
 * decoder of the camera's pictures is a script of its own, because few people need it.
 *
 * With `--check` it leaves dist as it is, and fails if that is not what src gives.
 */

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

import { headers } from "./headers.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const committed = join(root, "dist");
const isCheck = process.argv.includes("--check");
const dist = isCheck ? mkdtempSync(join(tmpdir(), "scanlatch-pages-")) : committed;

const pages = ["gallery", "login", "kiosk", "tv", "terminal", "phone", "sign-in", "sign-out", "signed-out"];
const common = {
  absWorkingDir: root,
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "inline",
  minify: true,
  platform: "browser",
  target: ["es2022", "safari16"],
};

/** What the files hold that others wrote, and under which terms. */
function licences() {
  const read = (name) => readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8").trim();
  const parts = ["lean-qr", "barcode-detector", "zxing-wasm"].map((name) => `${name}\n\n${read(name)}`);
  const decoder =
    "zxing_reader.wasm is zxing-cpp compiled (https://github.com/zxing-cpp/zxing-cpp), under the Apache License 2.0.";
  return `${[...parts, decoder].join("\n\n----\n\n")}\n`;
}

if (!isCheck) rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, "assets"), { recursive: true });

for (const page of pages) {
  const name = page === "gallery" ? "index" : page;
  cpSync(join(root, "src", page, "index.html"), join(dist, `${name}.html`));
}
await build({
  ...common,
  entryPoints: Object.fromEntries(pages.flatMap((page) => [[page, `src/${page}/page.ts`]])),
  outdir: join(dist, "assets"),
  alias: {
    "@scanlatch/browser": "../browser/src/index.ts",
    "@scanlatch/browser/device": "../browser/src/device.ts",
    "@scanlatch/browser/element": "../browser/src/element.ts",
  },
  // The SDK's own dependency, where nobody has installed the SDK's packages.
  nodePaths: [join(root, "node_modules")],
  // Loaded only when somebody asks for it.
  external: ["./decoder.js"],
});
await build({
  ...common,
  entryPoints: Object.fromEntries(pages.map((page) => [page, `src/${page}/page.css`])),
  outdir: join(dist, "assets"),
});
await build({ ...common, entryPoints: { decoder: "src/phone/decoder/decoder.ts" }, outdir: join(dist, "assets") });
await build({ ...common, format: "iife", entryPoints: { sw: "src/phone/worker/sw.ts" }, outdir: dist });
cpSync(join(root, "node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"), join(dist, "assets/zxing_reader.wasm"));
cpSync(join(root, "src/static"), dist, { recursive: true });
writeFileSync(join(dist, "licences.txt"), licences());
writeFileSync(join(dist, "headers.json"), `${JSON.stringify(headers, null, 2)}\n`);

for (const page of pages) {
  const size = (extension) => gzipSync(readFileSync(join(dist, "assets", `${page}.${extension}`)), { level: 9 }).length;
  console.log(
    `${page.padEnd(10)} ${String(size("js")).padStart(6)} bytes of script and ${String(size("css")).padStart(5)} of styles, gzipped`,
  );
}

if (isCheck) {
  const files = (folder) =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
      : [];
  const names = (folder) => files(folder).map((file) => join(file.parentPath, file.name).slice(folder.length + 1));
  const read = (folder, name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : Buffer.alloc(0));
  const all = new Set([...names(committed), ...names(dist)]);
  const stale = [...all].filter((name) => !read(committed, name).equals(read(dist, name)));
  rmSync(dist, { recursive: true });
  if (stale.length > 0) {
    console.error(`dist is not what src gives; run npm run build and commit: ${stale.join(", ")}`);
    process.exitCode = 1;
  }
}
