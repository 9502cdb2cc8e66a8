import type { ElementState, Texts } from "../element.js";
import { ghost, qrCode } from "./draw.js";
import { type Icon, icon, ring } from "./icons.js";
import { styles } from "./style.js";

/** What is to be seen. */
export interface Scene {
  state: ElementState;
  /** What the code holds, if one is to be seen. */
  code: string | undefined;
  /** What can be typed instead, if it is to be seen. */
  shortCode: string | undefined;
  /** What is to be typed on the phone, if a phone has claimed and asks for it, or has asked for it. */
  number: string | undefined;
  isOffline: boolean;
  /** Why it failed, for whoever is asked for help. */
  errorCode: string | undefined;
  texts: Texts;
  /** The language of the texts. */
  lang: string;
}

/** Codes after which only the page can help. */
const STALE = ["expired_token", "token_invalid", "action_already_succeeded"];

const ICONS: { readonly [state in ElementState]?: Icon } = {
  scanned: "phone",
  approved: "check",
  declined: "cross",
  offline: "cloud",
  error: "warning",
  expired: "clock",
};

/** Draws an element's states into its shadow root. Only what differs is changed, so that nothing is read out twice. */
export class View {
  readonly #shadow: ShadowRoot;
  readonly #root = make("div", "root");
  readonly #frame = make("div", "frame");
  readonly #card = make("div", "card");
  readonly #message = make("div", "message");
  readonly #title = make("p", "title");
  readonly #hint = make("p", "hint");
  readonly #soon = make("p", "soon");
  readonly #shortCode = make("p", "short-code");
  readonly #shortCodeHint = make("span", "short-code-hint");
  readonly #shortCodeLetters = make("span", "short-code-letters");
  readonly #reason = make("p", "reason");
  readonly #button = make("button", "button");
  readonly #noPhone = make("div", "no-phone");
  readonly #ring = ring();
  #drawn = "";

  /** `press` is called when the person presses the one button that there is. */
  constructor(shadow: ShadowRoot, press: () => void) {
    this.#shadow = shadow;
    shadow.adoptedStyleSheets = styles();
    this.#message.setAttribute("role", "status");
    // Focus goes here when the button under it goes.
    this.#message.tabIndex = -1;
    this.#soon.setAttribute("aria-hidden", "true");
    // A text tells its direction itself, since it may be of another language than the page.
    for (const text of [this.#title, this.#hint, this.#soon, this.#shortCodeHint, this.#button]) text.dir = "auto";
    // Letters are read from left to right in every language, and are no word of any.
    this.#shortCodeLetters.dir = "ltr";
    this.#shortCodeLetters.translate = false;
    this.#button.setAttribute("type", "button");
    this.#button.addEventListener("click", press);
    const slot = document.createElement("slot");
    slot.name = "no-phone";
    this.#noPhone.append(slot);
    this.#frame.append(this.#ring.element, this.#card);
    this.#message.append(this.#title, this.#hint, this.#soon);
    const below = make("div", "below");
    this.#shortCode.append(this.#shortCodeHint, " ", this.#shortCodeLetters);
    below.append(this.#message, this.#shortCode, this.#reason, this.#button, this.#noPhone);
    this.#root.append(this.#frame, below);
    shadow.append(this.#root);
  }

  show(scene: Scene): void {
    const { state, texts, errorCode } = scene;
    const isStale = state === "error" && STALE.includes(errorCode ?? "");
    set(this.#root, "lang", scene.lang);
    set(this.#root, "data-state", state);
    this.#frame.toggleAttribute("data-timed", state === "code" || state === "expiring");
    this.#draw(scene);
    write(this.#title, titleOf(scene));
    write(this.#hint, isStale ? texts.staleHint : hintOf(scene));
    write(this.#soon, texts.expiring);
    write(this.#shortCodeHint, texts.shortCode);
    write(this.#shortCodeLetters, scene.shortCode ?? "");
    this.#shortCode.hidden = this.#shortCodeHint.hidden || this.#shortCodeLetters.hidden;
    write(this.#reason, state === "error" ? (errorCode ?? "") : "");
    const pressed = state === "scanned" ? texts.cancel : state === "declined" || state === "error" ? texts.retry : "";
    this.#offer(isStale ? "" : pressed);
    // Whoever has scanned has a phone at hand.
    this.#noPhone.hidden = state === "scanned" || state === "approved" || state === "declined";
  }

  /** Shows how much of the code's time is left, from 1 to 0. */
  drain(left: number): void {
    this.#ring.show(left);
  }

  #draw({ state, code, number, texts }: Scene): void {
    const digits = state === "scanned" ? number : undefined;
    const drawn = code === undefined ? `${state} ${digits ?? ""}` : `code ${code}`;
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      if (code !== undefined) {
        this.#card.replaceChildren(qrCode(code));
      } else if (digits !== undefined) {
        this.#card.replaceChildren(numberOf(digits));
      } else {
        const name = ICONS[state];
        const disc = make("div", "disc");
        if (name) disc.append(icon(name));
        this.#card.replaceChildren(ghost(), ...(name ? [disc] : []));
      }
    }
    const picture = this.#card.querySelector(".code");
    if (!picture) return;
    set(picture, "role", "img");
    set(picture, "aria-label", texts.label);
  }

  #offer(text: string): void {
    const hadFocus = this.#shadow.activeElement === this.#button;
    write(this.#button, text);
    if (hadFocus && this.#button.hidden) this.#message.focus({ preventScroll: true });
  }
}

function titleOf({ state, number, texts }: Scene): string {
  if (state === "scanned" && number !== undefined) return texts.number.replaceAll("{number}", () => number);
  return texts[state === "expiring" ? "code" : state];
}

/** The digits, as large as the code was. The title says them to those who cannot see them. */
function numberOf(digits: string): HTMLElement {
  const number = make("span", "number");
  number.setAttribute("aria-hidden", "true");
  number.translate = false;
  number.dir = "ltr";
  number.textContent = digits;
  return number;
}

function hintOf({ state, texts, isOffline, number }: Scene): string {
  if (state === "code" || state === "expiring") return isOffline ? texts.codeOfflineHint : texts.codeHint;
  if (state === "scanned" && isOffline) return texts.scannedOfflineHint;
  if (state === "scanned" && number !== undefined) return texts.numberHint;
  if (state === "declined" && number !== undefined) return texts.declinedNumberHint;
  return texts[`${state}Hint`];
}

function make(name: "button" | "div" | "p" | "span", part: string): HTMLElement {
  const element = document.createElement(name);
  element.className = part;
  element.setAttribute("part", part);
  return element;
}

function set(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Writes a text, or hides the element if there is none. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === "";
}
