/** Browsers by what only their own user agent holds; the first that fits counts, for most also claim to be others. */
const BROWSERS: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\/|Opera/, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Vivaldi\//, "Vivaldi"],
  [/(Firefox|FxiOS)\//, "Firefox"],
  [/(Headless)?Chrom(e|ium)\/|CriOS\//, "Chrome"],
  [/Version\/[\d.]+.*Safari\//, "Safari"],
  [/curl\//, "curl"],
];

const SYSTEMS: [RegExp, string][] = [
  [/iPad/, "iPad"],
  [/iPhone|iPod/, "iPhone"],
  [/Web0S|webOS/, "webOS"],
  [/Tizen/, "Tizen"],
  [/Android.*\bTV\b|BRAVIA|AFT[A-Z]/, "Android TV"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/CrOS/, "ChromeOS"],
  [/Mac OS X|Macintosh/, "Mac"],
  [/Linux|X11/, "Linux"],
];

/** A user agent in two words, as far as it tells: its browser and what that runs on. */
export function parsed(userAgent: string): { browser?: string; system?: string } {
  const find = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent))?.[1];
  const [browser, system] = [find(BROWSERS), find(SYSTEMS)];
  return { ...(browser ? { browser } : {}), ...(system ? { system } : {}) };
}

/** "Chrome, Linux", or nothing if the user agent says neither. */
export function described(userAgent: string | undefined): string | undefined {
  const { browser, system } = parsed(userAgent ?? "");
  return [browser, system].filter(Boolean).join(", ") || undefined;
}
