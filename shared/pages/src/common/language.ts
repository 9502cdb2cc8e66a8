import { read, write } from "./storage.js";

export type Language = "en" | "de";

/** The same words in each language; the compiler sees that none is missing. */
export type Words<T> = Record<Language, T>;

const KEY = "scanlatch.language";
const NAMES: Record<Language, string> = { en: "English", de: "Deutsch" };

function isLanguage(text: string | null | undefined): text is Language {
  return text === "en" || text === "de";
}

/** What the address says, else what this browser chose before, else what it prefers, else English. */
function chosen(): Language {
  const asked = new URLSearchParams(location.search).get("lang");
  if (isLanguage(asked)) {
    write(KEY, asked);
    return asked;
  }
  const kept = read(KEY);
  if (isLanguage(kept)) return kept;
  return navigator.languages.map((name) => name.slice(0, 2)).find(isLanguage) ?? "en";
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
