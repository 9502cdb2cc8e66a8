/**
 * Builds dist from src: each entry as an ES module, as CommonJS for bundlers, and its declarations for both.
 * The same sources give the same bytes. Fails if an entry is larger than it may be.
 *
 * With `--check` it leaves dist as it is, and fails if that is not what src gives.
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const committed = join(root, "dist");
const isCheck = process.argv.includes("--check");
const dist = isCheck ? mkdtempSync(join(tmpdir(), "scanlatch-dist-")) : committed;

/** What an entry may weigh, in bytes gzipped. An entry loads the core beside it, which is not counted again. */
const LIMITS = { index: 8_000, element: 16_000, device: 16_000 };
const entries = Object.keys(LIMITS).filter((name) => existsSync(join(root, "src", `${name}.ts`)));

/** Leaves the core out of the other entries: whoever loads two of them has one core. */
const beside = (extension) => ({
  name: "beside",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/index\.js$/ }, () => ({ path: `./index.${extension}`, external: true }));
  },
});

async function bundle(format, extension) {
  await build({
    absWorkingDir: root,
    entryPoints: entries.map((name) => `src/${name}.ts`),
    outdir: dist,
    outExtension: { ".js": `.${extension}` },
    bundle: true,
    charset: "utf8",
    format,
    legalComments: "inline",
    minify: true,
    platform: "browser",
    plugins: [beside(extension)],
    target: "es2022",
  });
}

/** Writes the declarations of the entries and of what they import, and nothing else. */
function declare() {
  const scratch = mkdtempSync(join(tmpdir(), "scanlatch-browser-"));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const flags = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--rootDir", "src", "--outDir", scratch];
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json", ...flags], { cwd: root, stdio: "inherit" });
  const seen = new Set();
  const wanted = entries.map((name) => join(scratch, `${name}.d.ts`));
  for (let path = wanted.pop(); path; path = wanted.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = readFileSync(path, "utf8");
    for (const [, imported] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)\.js"/g)) {
      wanted.push(resolve(dirname(path), `${imported}.d.ts`));
    }
    const target = join(dist, relative(scratch, path));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    writeFileSync(target.replace(/\.ts$/, ".cts"), text.replaceAll(/("\.[^"]+)\.js"/g, '$1.cjs"'));
  }
  rmSync(scratch, { recursive: true });
}

rmSync(dist, { recursive: true, force: true });
await bundle("esm", "js");
await bundle("cjs", "cjs");
declare();

/** The size as README.md states it. */
const rounded = (size) => `${(size / 1000).toFixed(1)} kB`;
const readme = readFileSync(join(root, "README.md"), "utf8");
for (const name of entries) {
  const size = gzipSync(readFileSync(join(dist, `${name}.js`)), { level: 9 }).length;
  console.log(`${name.padEnd(8)} ${String(size).padStart(6)} bytes gzipped, at most ${LIMITS[name]}`);
  const imported = name === "index" ? "@scanlatch/browser" : `@scanlatch/browser/${name}`;
  const isStated = readme.split("\n").some((line) => line.includes(`\`${imported}\` |`) && line.includes(rounded(size)));
  if (!isStated) console.error(`README.md does not say that ${imported} weighs ${rounded(size)}`);
  if (size >= LIMITS[name] || (isCheck && !isStated)) process.exitCode = 1;
}

/** The files in a folder and below, by their paths in it. */
function filesIn(folder) {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

if (isCheck) {
  const names = new Set([committed, dist].flatMap(filesIn));
  const read = (folder, name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : undefined);
  const stale = [...names].filter((name) => read(committed, name) !== read(dist, name));
  rmSync(dist, { recursive: true });
  if (stale.length > 0) {
    console.error(`dist is not what src gives; run npm run build and commit: ${stale.join(", ")}`);
    process.exitCode = 1;
  }
}
