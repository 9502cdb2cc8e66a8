import { existsSync } from "node:fs";

/** @type {import("typedoc").TypeDocOptions} */
export default {
  entryPoints: ["src/index.ts", "src/element.ts", "src/device.ts"].filter((path) => existsSync(path)),
  tsconfig: "tsconfig.build.json",
  out: "reference",
  name: "@scanlatch/browser",
  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  highlightLanguages: ["html", "js", "jsx", "sh", "ts"],
  treatWarningsAsErrors: true,
};
