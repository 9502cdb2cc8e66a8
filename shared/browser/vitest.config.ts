import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    // A test looks at the memory that is left when nothing more can be freed.
    execArgv: ["--expose-gc"],
    onUnhandledError: (error) => !String(error.message).includes("which the official SDK leaves to the page"),
  },
});
