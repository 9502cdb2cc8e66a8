import { read, write } from "./storage.js";

export type Language = "en" | "de";

/** The same words in each language; the compiler sees that none is missing. */
export type Words<T> = Record<Language, T>;

const KEY = "scanlatch.language";
const NAMES: Record<Language, string> = { en: "English", de: "Deutsch" };

function isLanguage(text: string | null | undefined): text is Language {
  return text === "en" || text === "de";
}

/** Of several names, best first, the first language that these pages speak. */
function spoken(names: readonly string[]): Language | undefined {
  return names.map((name) => name.slice(0, 2).toLowerCase()).find(isLanguage);
}

/** What the application wants that sent the person here: `ui_locales` of OpenID Connect, in the fragment. */
function wanted(): Language | undefined {
  const fragment = new URLSearchParams(location.hash.slice(1));
  return spoken((fragment.get("l") ?? fragment.get("ui_locales") ?? "").split(" "));
}

/**
 * What the person chose at this address, else what the application wants, else what the person chose before, else what
 * the browser prefers, else English.
 */
function chosen(): Language {
  const asked = new URLSearchParams(location.search).get("lang");
  if (isLanguage(asked)) {
    write(KEY, asked);
    return asked;
  }
  const kept = read(KEY);
  return wanted() ?? (isLanguage(kept) ? kept : spoken(navigator.languages)) ?? "en";
}

export const language: Language = chosen();

/** The words of this page's language. */
export function pick<T>(words: Words<T>): T {
  return words[language];
}

/** The other language: its name, and where this page speaks it. */
export function otherLanguage(): { code: Language; name: string; href: string } {
  const code: Language = language === "en" ? "de" : "en";
  const url = new URL(location.href);
  url.searchParams.set("lang", code);
  return { code, name: NAMES[code], href: url.href };
}
