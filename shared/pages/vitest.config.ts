import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

const sdk = fileURLToPath(new URL("../browser/src", import.meta.url));

export default defineConfig({
  resolve: { alias: { "@scanlatch/browser/device": `${sdk}/device.ts` } },
  test: { include: ["test/*.test.ts"], setupFiles: ["test/page.ts"] },
});
