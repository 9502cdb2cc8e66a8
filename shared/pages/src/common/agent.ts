import { named } from "../../../browser/src/device/name.js";

/** "Chrome, Linux", or nothing if the user agent says neither. */
export function described(userAgent = ""): string | undefined {
  const { browser, platform } = named(userAgent);
  return [browser, platform].filter(Boolean).join(", ") || undefined;
}
