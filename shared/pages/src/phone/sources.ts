import { described } from "../common/agent.js";
import { h } from "../common/dom.js";
import { clock } from "../common/format.js";
import { icon } from "../common/icons.js";
import type { ClaimedChallenge, Source } from "./phone.js";
import { distance, placeOf } from "./place.js";
import type { Question } from "./question.js";
import { words } from "./words.js";

/** A value that the person is shown, and whose word it is. */
export interface Fact {
  source: Source;
  term: string;
  value: string;
  /** What else there is to say of it. */
  note?: string;
}

/** What deployments that do not say whose word a value is hold of each. */
const SOURCES: Required<NonNullable<ClaimedChallenge["sources"]>> = {
  ipAddress: "service",
  userAgent: "screen",
  location: "service",
  origin: "service",
  deviceId: "backend",
  custom: "screen",
  application: "service",
};

/** All that is known of the screen. What a backend attached to a payment is its bill, which stands elsewhere. */
export function factsOf({ claimed, here, payment }: Question): Fact[] {
  const { question } = words;
  const { ipAddress, userAgent, origin, deviceId, application } = claimed;
  const sources = { ...SOURCES, ...claimed.sources };
  const note = distance(claimed, here)?.text;
  // The service says the application's name there too, for apps that know no other place.
  const custom = application || payment ? {} : (claimed.custom ?? {});
  return [
    ...(origin ? [{ source: sources.origin, term: question.origin, value: siteOf(origin) }] : []),
    { source: sources.location, term: question.place, value: placeOf(claimed), ...(note ? { note } : {}) },
    { source: sources.ipAddress, term: question.address, value: ipAddress ?? question.unknown },
    { source: "service", term: question.time, value: question.now(clock(new Date())) },
    ...(payment && sources.userAgent === "screen"
      ? []
      : [{ source: sources.userAgent, term: question.browser, value: described(userAgent) ?? question.unknown }]),
    ...(deviceId ? [{ source: sources.deviceId, term: question.device, value: deviceId }] : []),
    ...Object.entries(custom).map(([name, value]) => ({
      source: sources.custom,
      term: named(name),
      value: written(value),
    })),
  ];
}

/** The facts by whose word they are: what was seen, what the site has told, and what nobody has checked. */
export function sections(asked: Question): HTMLElement[] {
  const { question } = words;
  const facts = factsOf(asked);
  const of = (source: Source, name: string, ...heading: (Node | string)[]) => {
    const rows = facts.filter((fact) => fact.source === source);
    if (rows.length === 0) return [];
    const list = h("dl", { class: "rows" }, ...rows.map(({ term, value, note }) => row(term, value, note)));
    return [h("section", { class: name, "data-source": source }, h("h2", {}, ...heading), list)];
  };
  const unchecked = h("span", { class: "tag" }, question.unchecked);
  return [
    ...of("service", "seen", icon("check"), question.facts),
    ...of("backend", "seen", icon("check"), question.told(asked.site)),
    ...of("screen", "said", question.claims, unchecked),
  ];
}

/** A line of a list: what it is, its value, and what else there is to say. */
export function row(term: string, value: string, note?: string): HTMLElement {
  return h("div", {}, h("dt", {}, term), h("dd", {}, value, note ? h("small", {}, note) : undefined));
}

/** A page's address as people know it: without what is the same for all that are safe. */
function siteOf(origin: string): string {
  return origin.replace(/^https:\/\//, "");
}

/** A member's name as words: `deviceInfo` is "Device info". */
export function named(name: string): string {
  const spaced = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[_-]+/g, " ")
    .toLowerCase()
    .trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function written(value: unknown): string {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
