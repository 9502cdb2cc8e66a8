/** The letters of RFC 8628, section 6.1, of which none is a vowel, so that no code is a word. */
const CODE = /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/;

/** The short code in what was typed, as `WDJB-MJHT`; nothing if it cannot be one. */
export function shortCodeIn(typed: string): string | undefined {
  if (typeof typed !== "string") return undefined;
  const letters = typed.replaceAll(/[\s\-\u2010-\u2015]/g, "").toUpperCase();
  return CODE.test(letters) ? `${letters.slice(0, 4)}-${letters.slice(4)}` : undefined;
}
