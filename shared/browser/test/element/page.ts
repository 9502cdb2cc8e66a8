/** The element in a page, with a core that tells what a test wants. */

import { afterEach, beforeEach, vi } from "vitest";

import type { ScanlatchQrElement } from "../../src/element.js";
import { FakeScanlatch } from "./core.js";

const ATTRIBUTES = { "tenant-id": "tenant", "base-url": "https://login.example/v1", action: "login" };

/** What the elements of the test have told. */
export let states: string[];
export let tokens: string[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance", "Date"] });
  FakeScanlatch.made = [];
  [states, tokens] = [[], []];
  document.documentElement.lang = "en";
});
afterEach(async () => {
  document.body.replaceChildren();
  await settle();
  vi.useRealTimers();
});

export const settle = () => new Promise((resolve) => setTimeout(resolve));

/** An element of this name with the attributes that it needs, which is not yet in the page. */
export function make(attributes: Record<string, string> = {}, name = "scanlatch-qr"): ScanlatchQrElement {
  const element = document.createElement(name) as ScanlatchQrElement;
  for (const [key, value] of Object.entries({ ...ATTRIBUTES, ...attributes })) element.setAttribute(key, value);
  element.addEventListener("scanlatch-state", ({ detail }) => states.push(detail.state));
  element.addEventListener("scanlatch-token", ({ detail }) => tokens.push(detail.token));
  return element;
}

export async function place(element = make()): Promise<ScanlatchQrElement> {
  document.body.append(element);
  await settle();
  return element;
}

/** An element in the page that shows a code. */
export async function showing(attributes: Record<string, string> = {}): Promise<ScanlatchQrElement> {
  const element = await place(make(attributes));
  FakeScanlatch.last.show();
  return element;
}

export const part = (element: Element, name: string) => element.shadowRoot?.querySelector<HTMLElement>(`[part=${name}]`);
/** What people read there. */
export const text = (element: Element, name: string) => (part(element, name)?.hidden ? undefined : part(element, name)?.textContent);
