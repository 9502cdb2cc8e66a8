/** What a page keeps between visits. Everything works without it, for a private window may refuse. */

export function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The page forgets, and asks again.
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // There was nothing.
  }
}

/** What is kept by names under a key, the newest first. */
export function listed<T>(key: string): [name: string, value: T][] {
  try {
    const kept: unknown = JSON.parse(read(key) ?? "[]");
    return Array.isArray(kept)
      ? (kept as [string, T][]).filter((entry) => Array.isArray(entry) && typeof entry[0] === "string")
      : [];
  } catch {
    return [];
  }
}

/** Keeps a value under its name, and the newest others beside it, `most` in all. */
export function enlist(key: string, name: string, value: unknown, most: number): void {
  const rest = listed(key).filter(([known]) => known !== name);
  write(key, JSON.stringify([[name, value], ...rest].slice(0, most)));
}
