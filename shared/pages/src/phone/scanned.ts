import { challengeIdFrom } from "@scanlatch/browser/device";

/** How each link in a text begins: its scheme and its host, with as many slashes of either kind as browsers forgive. */
const HOSTS = /[a-z][a-z\d+.-]*:[\\/]+[^\s\\/?#]*/gi;
/** A link to no host, such as an app's. */
const SCHEME = /^[a-z][a-z\d+.-]*:/i;
/** A link as people type it. */
const NO_SCHEME = /^(?:[\\/]{2})?([^\s\\/?#]+\.[^\s\\/?#]+|localhost(?::\d+)?)[\\/]/i;

/**
 * The challenge that a text names which was scanned, pasted or is in the address, or the code of what is wrong with it.
 * `origins` are those of the pages: a link of any other site is foreign, also one within another link.
 */
export function challengeIn(text: string, origins: readonly string[]): { id?: string; refused?: string } {
  const given = text.trim();
  const links = given.match(HOSTS) ?? [];
  const host = NO_SCHEME.exec(given)?.[1]?.toLowerCase();
  const isForeign =
    links.some((link) => !origins.includes(originOf(link))) ||
    (links.length === 0 && SCHEME.test(given)) ||
    (host !== undefined && !SCHEME.test(given) && !origins.some((origin) => new URL(origin).host === host));
  if (isForeign) return { refused: "foreign" };
  const id = challengeIdFrom(given);
  return id ? { id } : { refused: "invalid_challenge_id" };
}

function originOf(link: string): string {
  try {
    return new URL(link).origin;
  } catch {
    return "";
  }
}

/** What an address asks for; an empty text if it names nothing, or several. */
export function askedBy({ search, hash }: { search: string; hash: string }): string | undefined {
  const query = new URLSearchParams(search);
  const named = new Set([...query.getAll("c"), ...query.getAll("challengeId")]);
  if (named.size > 1) return "";
  return [...named][0] ?? (hash.slice(1) || undefined);
}
