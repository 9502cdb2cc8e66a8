/**
 * The names of browsers and of what they run on, by what their user agents hold. The first that fits counts, because most
 * browsers also claim to be others.
 */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/SamsungBrowser\//, "Samsung Internet"],
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\b(OPR|OPT|OPX|OPiOS)\/|Opera/, "Opera"],
  [/Vivaldi\//, "Vivaldi"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/; wv\)/, "WebView"],
  [/Chrom(e|ium)\/|\bCriOS\//, "Chrome"],
  // Apple's browsers in apps have no version, and others than Apple's claim to be Safari.
  [/\((iPhone|iPad|iPod|Macintosh).*\bVersion\/[\d.]+.*\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
];
const PLATFORMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPod/, "iPhone"],
  [/iPad/, "iPad"],
  [/Web0S|webOS/, "webOS"],
  [/Tizen/, "Tizen"],
  [/Android.*\bTV\b|BRAVIA|AFT[A-Z]/, "Android TV"],
  [/Android/, "Android"],
  [/CrOS/, "ChromeOS"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "Mac"],
  [/Linux|X11/, "Linux"],
];

/** What a browser says of itself. */
export interface Browser {
  userAgent: string;
  maxTouchPoints?: number;
  /** Browsers that are built on Chromium name themselves here, beside names that are noise. */
  userAgentData?: { brands?: readonly { brand: string }[] };
}

/** A browser and what it runs on, as far as the user agent tells. */
export function named(userAgent: string): { browser?: string; platform?: string } {
  const find = (names: typeof BROWSERS) => names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const [browser, platform] = [find(BROWSERS), find(PLATFORMS)];
  return { ...(browser && { browser }), ...(platform && { platform }) };
}

/** What a person calls this browser, such as `Safari on iPhone`. */
export function browserName({ userAgent, maxTouchPoints = 0, userAgentData }: Browser = navigator): string {
  const { browser, platform } = named(userAgent);
  // An iPad says that it is a Mac, of which none has a touch screen.
  const shown = platform === "Mac" && maxTouchPoints > 1 ? "iPad" : platform;
  const called = branded(userAgentData?.brands ?? []) ?? browser ?? "Browser";
  return shown ? `${called} on ${shown}` : called;
}

/** The brand that is neither noise nor the engine, in the words of the user agents' names. */
function branded(brands: readonly { brand: string }[]): string | undefined {
  const own = brands.map(({ brand }) => brand).find((brand) => !/\bnot[^a-z].*brand|^Chromium$/i.test(brand));
  return own?.replace(/^(Google |Microsoft |Android |Headless)/, "");
}
