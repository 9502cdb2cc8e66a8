/** The names under which browsers and platforms hide in the user agent; the first that fits counts. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/SamsungBrowser\//, "Samsung Internet"],
  [/\bEdg(A|iOS)?\//, "Edge"],
  [/\b(OPR|OPT|OPX)\//, "Opera"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|CriOS|Chromium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const PLATFORMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPod/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/CrOS/, "ChromeOS"],
  [/Windows/, "Windows"],
  [/Macintosh/, "Mac"],
  [/Linux/, "Linux"],
];

/** What a person calls this browser, such as `Safari on iPhone`. */
export function browserName(userAgent = navigator.userAgent, touchPoints = navigator.maxTouchPoints): string {
  const found = (names: typeof BROWSERS) => names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const platform = found(PLATFORMS);
  // An iPad says that it is a Mac, of which none has a touch screen.
  const shown = platform === "Mac" && touchPoints > 1 ? "iPad" : platform;
  const browser = found(BROWSERS) ?? "Browser";
  return shown ? `${browser} on ${shown}` : browser;
}
