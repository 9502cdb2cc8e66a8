import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    onUnhandledError: (error) => !String(error.message).includes("which the official SDK leaves to the page"),
  },
});
