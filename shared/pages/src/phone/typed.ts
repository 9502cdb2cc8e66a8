/** The letters of short codes: RFC 8628's, without vowels, so that no code is a word, and without those that look alike. */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
const LENGTH = 8;

/** What somebody typed where a code is asked for. */
export type Typed =
  | { kind: "short"; letters: string }
  /** A link or an id, as it was pasted. */
  | { kind: "scanned"; text: string }
  /** The first sign that is in no code. */
  | { kind: "sign"; sign: string }
  | { kind: "length"; missing: number };

/** Reads what was typed. Case, spaces, hyphens and dots do not count in a short code. */
export function typed(text: string): Typed {
  const given = text.trim();
  if (/[:/?#]/.test(given) || given.length > 3 * LENGTH) return { kind: "scanned", text: given };
  const signs = [...given.toUpperCase().replace(/[\s\p{Pd}_.]/gu, "")];
  const sign = signs.find((sign) => !LETTERS.includes(sign));
  if (sign) return { kind: "sign", sign };
  if (signs.length !== LENGTH) return { kind: "length", missing: LENGTH - signs.length };
  return { kind: "short", letters: signs.join("") };
}
