import { type Config, typedAddress } from "./backend.js";
import { h } from "./dom.js";
import { pick } from "./language.js";
import type { Code } from "./login.js";

/** What a web page says around its code. */
export const codeWords = pick({
  en: {
    title: (name: string) => `Log in to ${name}`,
    lead: "No password. Your phone says that it is you.",
    steps: [
      ["Open your phone's camera", "No app is needed."],
      ["Point it at the code", "Tap the link that appears."],
      ["Check and approve", "Your phone shows who is asking."],
    ],
    qr: "QR code that your phone scans",
    renews: "The code renews itself.",
    expiring: "A new code comes in a moment.",
    shaky: "The connection is lost. Trying again…",
    nophone: "No phone at hand?",
    noCamera: "No camera at hand?",
    type: "On any device that you have set up, open",
    andCode: "and type there",
    openHere: "Use this device instead",
    connecting: ["One moment", "Getting a code for you."],
    scanned: ["Scanned", "Confirm on your phone. This page goes on by itself."],
    number: (digits: string) => [
      `Enter ${digits} on your phone`,
      "The phone asks for this number before it approves. This page goes on by itself.",
    ],
    cancel: "Cancel",
    again: "Show a new code",
    offline: ["No connection", "The page tries again by itself and shows a code as soon as it can."],
    now: "Try now",
  },
  de: {
    title: (name: string) => `Bei ${name} anmelden`,
    lead: "Ohne Passwort. Ihr Handy bestätigt, dass Sie es sind.",
    steps: [
      ["Kamera des Handys öffnen", "Eine App ist nicht nötig."],
      ["Auf den Code richten", "Tippen Sie auf den Link, der erscheint."],
      ["Prüfen und bestätigen", "Ihr Handy zeigt, wer fragt."],
    ],
    qr: "QR-Code, den Ihr Handy scannt",
    renews: "Der Code erneuert sich von selbst.",
    expiring: "Gleich kommt ein neuer Code.",
    shaky: "Die Verbindung ist weg. Neuer Versuch läuft …",
    nophone: "Kein Handy zur Hand?",
    noCamera: "Keine Kamera zur Hand?",
    type: "Öffnen Sie auf einem Gerät, das Sie eingerichtet haben,",
    andCode: "und tippen Sie dort",
    openHere: "Dieses Gerät benutzen",
    connecting: ["Einen Moment", "Ihr Code wird geholt."],
    scanned: ["Gescannt", "Bestätigen Sie auf dem Handy. Diese Seite geht von selbst weiter."],
    number: (digits: string) => [
      `Geben Sie auf dem Handy ${digits} ein`,
      "Das Handy fragt nach dieser Zahl, bevor es bestätigt. Diese Seite geht von selbst weiter.",
    ],
    cancel: "Abbrechen",
    again: "Neuen Code zeigen",
    offline: ["Keine Verbindung", "Die Seite versucht es von selbst weiter und zeigt einen Code, sobald es geht."],
    now: "Jetzt versuchen",
  },
});

/** What a web page has said below its code. */
export const codeTexts = {
  label: codeWords.qr,
  codeHint: codeWords.renews,
  expiring: codeWords.expiring,
  codeOfflineHint: codeWords.shaky,
  scannedOfflineHint: codeWords.shaky,
};

/** How to use a code. */
export function steps(): HTMLElement {
  const { steps } = codeWords;
  const step = ([what = "", how = ""]: readonly string[]) =>
    h("li", {}, h("div", {}, h("b", {}, what), h("span", {}, how)));
  return h("ol", { class: "steps" }, ...steps.map(step));
}

/** Nobody can scan the phone that they hold, so a small touch screen offers the way without a camera first. */
export function onThisPhone({ link }: Code, text: string): HTMLElement {
  return h("a", { class: "button main same", href: link, target: "_blank", rel: "noopener", "data-code": true }, text);
}

/** The letters of a code, which change with it. */
export function letters({ shortCode }: Code): HTMLElement {
  return h("span", { class: "short", "data-code": true }, shortCode);
}

/** Writes the next code into what the page shows of the one before. */
export function renew({ link, shortCode }: Code): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-code]")) {
    if (element instanceof HTMLAnchorElement) element.href = link;
    else if (element.matches(".typed")) element.hidden = shortCode === undefined;
    else element.textContent = shortCode ?? "";
  }
}

/** Whether the person has opened the other way in; the next code must not close it. */
let isOtherWayOpen = false;

/** The other way in: letters to type, or this device itself. `onToggle` says whether the person looks at it. */
export function otherWay(config: Config, code: Code, onToggle?: (isOpen: boolean) => void): HTMLElement {
  const { shortCode, link } = code;
  const anchor = h("a", { href: link, target: "_blank", rel: "noopener", "data-code": true }, codeWords.openHere);
  const typed = h(
    "div",
    { class: "typed", hidden: shortCode === undefined, "data-code": true },
    h("p", {}, codeWords.type, " ", h("span", { class: "where" }, typedAddress(config))),
    h("p", {}, codeWords.andCode, " ", letters(code)),
  );
  return h(
    "details",
    {
      class: "nophone",
      open: isOtherWayOpen,
      ontoggle: ({ target }) => {
        isOtherWayOpen = target instanceof HTMLDetailsElement && target.open;
        onToggle?.(isOtherWayOpen);
      },
    },
    h("summary", {}, config.shortCodes ? codeWords.nophone : codeWords.noCamera),
    ...(config.shortCodes ? [typed] : []),
    h("p", {}, anchor),
  );
}
