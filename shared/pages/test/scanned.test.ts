import { expect, it } from "vitest";

import { askedBy, challengeIn } from "../src/phone/scanned.js";

const ID = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";
const OTHER = "98634c7b-6673-44ea-9a6b-503cccdf0430";
const origins = ["https://login.example", "https://10.0.0.7:3443"];

it.each([
  ID,
  `https://login.example/phone?c=${ID}`,
  `HTTPS://Login.Example/phone?c=${ID}&lang=de`,
  `https://10.0.0.7:3443/phone?c=${ID}`,
  `login.example/phone?c=${ID}`,
  `Open https://login.example/phone?c=${ID}.`,
])("%s names a challenge", (text) => {
  expect(challengeIn(text, origins)).toEqual({ id: ID });
});

it.each([
  `https://evil.example/phone?c=${ID}`,
  `http://login.example/phone?c=${ID}`,
  `https://login.example.evil.example/phone?c=${ID}`,
  `https://login.example@evil.example/phone?c=${ID}`,
  `https:\\\\evil.example\\${ID}`,
  `https://login.example/phone?c=https://evil.example/phone?c=${ID}`,
  `https://login.example/phone?c=https:/evil.example/phone?c=${ID}`,
  `Open https://evil.example/phone?c=${ID}.`,
  `evil.example/phone?c=${ID}`,
  `//evil.example/phone?c=${ID}`,
  `acme:login?challengeId=${ID}`,
])("%s is foreign", (text) => {
  expect(challengeIn(text, origins)).toEqual({ refused: "foreign" });
});

it.each(["", "3f8e2a91-6c47", "https://login.example/phone?c=", `https://login.example/phone?c=${ID}&c=${OTHER}`])(
  "%j is damaged",
  (text) => {
    expect(challengeIn(text, origins)).toEqual({ refused: "invalid_challenge_id" });
  },
);

it.each([
  ["", undefined],
  ["?lang=de", undefined],
  ["?c=", ""],
  [`?c=${ID}`, ID],
  [`?challengeId=${ID}`, ID],
  [`#${ID}`, ID],
  [`?c=${ID}&c=${ID}`, ID],
  [`?c=${ID}&c=${OTHER}`, ""],
  [`?c=${ID}&challengeId=${OTHER}`, ""],
  [`?c=${ID}&c=`, ""],
])("an address that ends in %j asks for %j", (end, code) => {
  expect(askedBy(new URL(`https://login.example/phone${end}`))).toBe(code);
});
