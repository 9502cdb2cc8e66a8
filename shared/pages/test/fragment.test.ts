import { afterEach, expect, it, vi } from "vitest";

import { sentBy } from "../src/common/fragment.js";
import { askedBy } from "../src/sign-in/provider.js";
import { problem } from "../src/sign-in/problems.js";
import { confirmation } from "../src/sign-out/confirmation.js";

const TENANT = "7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64";
const HANDLE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

afterEach(() => void Object.assign(location, { hash: "", search: "" }));

it("a request is read from the fragment", () => {
  expect(askedBy(`#t=${TENANT}&r=${HANDLE}&l=de+en`)).toEqual({ tenantId: TENANT, request: HANDLE });
});

it.each(["", "#"])("a page that nobody was sent to misses everything: %s", (hash) => {
  expect(askedBy(hash)).toBe("missing");
});

it.each([
  ["cut off in the tenant", `#t=${TENANT.slice(0, 20)}`],
  ["cut off in the request", `#t=${TENANT}&r=${HANDLE.slice(0, 20)}`],
  ["no request", `#t=${TENANT}`],
  ["two requests", `#t=${TENANT}&r=${HANDLE}&r=${HANDLE}`],
  ["a tenant that leads elsewhere", `#t=../../demo&r=${HANDLE}`],
  ["a request that is no handle", `#t=${TENANT}&r=${HANDLE.slice(1)}/`],
])("a damaged fragment is called so: %s", (_, hash) => {
  expect(askedBy(hash)).toBe("damaged");
});

/** What the form of a log-out sends for what an application asked. */
function sent(query: string): unknown {
  const read = sentBy(`#t=${TENANT}&${query}`);
  return typeof read === "string" ? read : confirmation("https://login.example/v1/", read);
}

it("a confirmed log-out sends what the application asked, in its place", () => {
  expect(sent("id_token_hint=a.b.c&state=x%26y&state=2")).toEqual({
    action: `https://login.example/v1/t/${TENANT}/logout`,
    fields: [
      ["id_token_hint", "a.b.c"],
      ["state", "x&y"],
      ["state", "2"],
      ["confirmed", "yes"],
    ],
  });
});

it("an application cannot confirm a log-out itself", () => {
  expect(sent("confirmed=yes&confirmed=no")).toMatchObject({ fields: [["confirmed", "yes"]] });
});

it("a parameter of the application that is called like the page's own goes on to the provider", () => {
  expect(sent("t=1")).toMatchObject({ fields: [["t", "1"], ["confirmed", "yes"]] });
});

/** The language of a page at an address, for a browser that prefers British English. */
async function spoken(address: { hash?: string; search?: string }): Promise<string> {
  vi.resetModules();
  Object.assign(location, address);
  return (await import("../src/common/language.js")).language;
}

it.each([
  ["the browser's", {}, "en"],
  ["the application's before that", { hash: "#t=1&l=de+en" }, "de"],
  ["the first that the pages speak", { hash: "#t=1&l=fr+de-AT" }, "de"],
  ["the application's at a log-out", { hash: "#t=1&ui_locales=DE" }, "de"],
  ["the browser's if the pages speak none of the application's", { hash: "#t=1&l=fr+it" }, "en"],
  ["the person's before all", { hash: "#t=1&l=de", search: "?lang=en" }, "en"],
])("the language is %s", async (_, address, language) => {
  expect(await spoken(address)).toBe(language);
});

/** What the provider's calls for the login page are refused with. */
const refusals = [
  "challenge_not_found",
  "challenge_expired",
  "expired_token",
  "token_invalid",
  "challenge_not_approved",
  "unknown_client",
  "tenant_not_found",
  "invalid_configuration",
  "invalid_request",
  "too_many_requests",
  "internal_error",
  "unavailable",
  "unreachable",
];

it.each(refusals)("people on the login page are told what %s means", (code) => {
  expect(problem(code).name).not.toBe("defect");
});

it.each(refusals.slice(0, -4))("people on the login page are sent back to the application: %s", (code) => {
  expect(problem(code).text).toMatch(/[Gg]o back to (the application|it)/);
});
