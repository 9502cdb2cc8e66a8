/** What the SDK told a page, for the panel that shows developers what goes on. */

export interface Entry {
  at: Date;
  kind: "state" | "code" | "refused" | "backend";
  text: string;
}

/** A kiosk runs for weeks, so only the newest entries are kept. */
const MOST = 50;

const entries: Entry[] = [];
const listeners = new Set<() => void>();

/** Nothing secret may be noted: the panel is on a screen. */
export function noted(kind: Entry["kind"], text: string): void {
  entries.push({ at: new Date(), kind, text });
  entries.splice(0, entries.length - MOST);
  for (const listener of listeners) listener();
}

export function recorded(): readonly Entry[] {
  return entries;
}

export function onNoted(listener: () => void): void {
  listeners.add(listener);
}
