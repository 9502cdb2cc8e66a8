import { expect, it, vi } from "vitest";

import type { Question } from "../src/phone/question.js";

/** What the phone says once it has answered, in that language. */
async function said(language: string, question: Question, approved = true): Promise<string> {
  vi.resetModules();
  location.search = `?lang=${language}`;
  const { outcome } = await import("../src/phone/result.js");
  return outcome(question, approved);
}

const asked = (actionCode: string): Question => ({ site: "Acme", claimed: { success: true, actionCode } });
const application = { clientId: "wiki", name: "Team Wiki" };
const known: Question = { site: "Acme", claimed: { success: true, actionCode: "openid-login", application } };
const paid = { ...asked("payment"), payment: { amount: 1150, currency: "EUR", payee: "Cafe Nord" } } as Question;

it.each([
  ["en", "kiosk-identify", "The kiosk will greet you."],
  ["de", "kiosk-identify", "Der Kiosk wird Sie begrüßen."],
  ["en", "tv-login", "You will be logged in on the screen."],
  ["de", "tv-login", "Sie werden angemeldet: der Bildschirm."],
  ["en", "open-door", "The screen will go on by itself."],
  ["de", "open-door", "Der Bildschirm wird von selbst weitergehen."],
])("in %s an approved %s says what will be, for the phone cannot see the screen", async (language, action, text) => {
  expect(await said(language, asked(action))).toBe(text);
});

it.each([
  ["en", "You agreed to pay €11.50 to Cafe Nord."],
  ["de", "Sie haben zugestimmt, 11,50 € an Cafe Nord zu zahlen."],
])("in %s an approved payment says what the person did, for the till may not have charged it", async (language, text) => {
  expect((await said(language, paid)).replaceAll("\u00a0", " ")).toBe(text);
});

it.each([
  ["en", true, "You will be logged in to Team Wiki on the screen."],
  ["de", true, "Sie werden bei Team Wiki angemeldet: der Bildschirm."],
  ["en", false, "Nobody was logged in to Team Wiki."],
  ["de", false, "Niemand wurde bei Team Wiki angemeldet."],
])("in %s the answer to an application, approved %s, names it", async (language, approved, text) => {
  expect(await said(language, known, approved)).toBe(text);
});
