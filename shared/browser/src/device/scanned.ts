const ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const WHOLE = new RegExp(`^${ID}$`, "i");
/** An id that is not part of a longer word. */
const WITHIN = new RegExp(`(?<![\\w-])${ID}(?![\\w-])`, "gi");

/** The challenge's id in a link or text; nothing if there is none, or if several could be meant. */
export function challengeIdIn(scanned: string): string | undefined {
  if (typeof scanned !== "string") return undefined;
  const text = scanned.trim();
  const named = inLink(text);
  if (named) return named.toLowerCase();
  const found = new Set(Array.from(text.matchAll(WITHIN), ([id]) => id.toLowerCase()));
  return found.size === 1 ? [...found][0] : undefined;
}

function inLink(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  const fragment = url.hash.slice(1);
  const candidates = [
    url.searchParams.get("challengeId"),
    new URLSearchParams(fragment).get("challengeId"),
    fragment,
    url.pathname.split("/").filter(Boolean).at(-1),
  ];
  return candidates.find((candidate): candidate is string => WHOLE.test(candidate ?? ""));
}
