import { expect, it } from "vitest";

import errors from "../../../docs/errors.md?raw";
import { money } from "../src/common/format.js";
import { refusalWords } from "../src/common/refusals.js";
import { loud, plain, sentence } from "../src/phone/loud.js";
import { problem } from "../src/phone/problems.js";
import { named } from "../src/phone/sources.js";

/** What a phone's calls are refused with; the rest of the list is for backends and screens. */
const forPhones = [
  "invalid_credential",
  "insufficient_scope",
  "too_many_devices",
  "too_far",
  "action_blocked",
  "challenge_not_found",
  "challenge_already_claimed",
  "challenge_not_claimed",
  "challenge_already_decided",
  "signature_spent",
  "action_already_succeeded",
  "credential_taken",
  "challenge_expired",
  "challenge_superseded",
  "challenge_cancelled",
  "too_many_requests",
  "internal_error",
  "unavailable",
];

it.each(forPhones)("%s is a code of the list of errors", (code) => {
  expect(errors).toContain(`\`${code}\``);
});

it.each(forPhones)("people are told what %s means and what to do", (code) => {
  const { name, title, text } = problem(code);
  expect([name !== "defect", title.length > 0, text.length > 20]).toEqual([true, true, true]);
});

it.each([
  ["wrong_number", "number", "scan"],
  ["question_over", "late", "scan"],
  ["paused", "paused", "home"],
  ["too_far", "distant", "home"],
])("people are told what %s means and what comes next", (code, name, way) => {
  expect(problem(code)).toMatchObject({ name, way });
});

it("a screen whose site does not let it begin says whom to ask", () => {
  expect(refusalWords("backend_challenge_needed").text).toContain("Whoever runs the site");
});

it("an unknown code is told as a fault, with a way on", () => {
  expect(problem("never_heard_of")).toMatchObject({ name: "defect", way: "retry" });
});

it("a screen tells an unknown refusal as one that may pass", () => {
  expect(refusalWords("never_heard_of")).toEqual(refusalWords("unavailable"));
});

it("an amount is written as its currency is", () => {
  expect([money(1250, "EUR"), money(500, "JPY"), money(1, "USD")]).toEqual(["€12.50", "JP¥500", "US$0.01"]);
});

it("an amount in no currency is written all the same", () => {
  expect(money(1250, "euro")).toBe("12.50 euro");
});

it("the name of a member is written as words", () => {
  expect(["deviceInfo", "till_number", "screen", "URLPath"].map(named)).toEqual([
    "Device info",
    "Till number",
    "Screen",
    "Urlpath",
  ]);
});

it("a name cannot make more of a sentence loud", () => {
  const text = `Log in to ${loud("Ac\u0001me")}?`;
  expect([plain(text), text.split("\u0001").length]).toEqual(["Log in to Acme?", 3]);
});

it("a sentence without names is one text", () => {
  expect(sentence("Nothing.")).toEqual(["Nothing."]);
});
