import { expect, it } from "vitest";

import { typeable, typedAddress } from "../src/common/backend.js";

it.each([
  ["https://login.example/phone", "login.example/phone"],
  ["https://login.example:443/phone", "login.example/phone"],
  ["http://localhost:3000/phone", "localhost:3000/phone"],
  ["https://127.0.0.3:18900/phone", "https://127.0.0.3:18900/phone"],
])("%s is typed as %s", (url, text) => {
  expect(typeable(url)).toBe(text);
});

it("where people type a code keeps the scheme that a port of its own needs", () => {
  const phoneUrl = "https://127.0.0.3:18900/phone";
  expect(typedAddress({ tenantId: "", baseUrl: "", site: "", shortCodes: true, phoneUrl })).toBe(
    "https://127.0.0.3:18900/device",
  );
});
