import { h } from "./dom.js";
import { hood } from "./hood.js";
import { language, otherLanguage, pick } from "./language.js";

const words = pick({
  en: { home: "All pages", language: "Language", made: "Scanlatch demo" },
  de: { home: "Alle Seiten", language: "Sprache", made: "Scanlatch-Demo" },
});

export interface Shown {
  /** The state's name, for styles and tests. */
  state: string;
  /** The first part of the page's title. */
  title: string;
  /** What screen readers are told, if the page has changed by itself. */
  say?: string;
  /** Moves the focus to the heading, as a new page would; otherwise only where it would be lost. */
  isNavigation?: boolean;
  /** What gets the focus instead of the heading. */
  focus?: HTMLElement;
}

/** The frame of a page: what stays while its states come and go. */
export class Shell {
  readonly #main = h("main", { id: "main", tabindex: -1 });
  readonly #live = h("p", { class: "unseen", role: "status", "aria-live": "polite" });
  readonly #name: string;
  readonly isUnattended: boolean;

  /**
   * `name` is the page's, and ends its title. A page for the public has no links out of it, and shows developers its hood
   * only where the address asks for it. A page that follows no login has none. A page that others send people to does not
   * lead them to the gallery. Nobody attends a kiosk, so it has to help itself.
   */
  constructor(name: string, { isPublic = false, hasHood = true, hasHome = true, isUnattended = false } = {}) {
    this.#name = name;
    this.isUnattended = isUnattended;
    document.documentElement.lang = language;
    const isHoodShown = hasHood && (!isPublic || new URLSearchParams(location.search).has("hood"));
    document.body.replaceChildren(
      ...(isPublic ? [] : [header(hasHome)]),
      this.#main,
      ...(isHoodShown ? [h("aside", { class: "below", "aria-label": words.made }, hood())] : []),
      this.#live,
    );
  }

  /** Shows a state. */
  show({ state, title, say, isNavigation = false, focus }: Shown, ...nodes: Node[]): void {
    const isFocusLost = this.#main.contains(document.activeElement) && this.#main !== document.activeElement;
    document.body.dataset["state"] = state;
    document.title = `${title} · ${this.#name}`;
    this.#main.replaceChildren(...nodes);
    this.#live.textContent = say ?? "";
    if (focus) return focus.focus();
    if (!isNavigation && !isFocusLost) return;
    const heading = this.#main.querySelector<HTMLElement>("h1");
    heading?.setAttribute("tabindex", "-1");
    (heading ?? this.#main).focus({ preventScroll: true });
    if (isNavigation) scrollTo(0, 0);
  }

  get main(): HTMLElement {
    return this.#main;
  }
}

function header(hasHome: boolean): HTMLElement {
  const { code, name, href } = otherLanguage();
  const mark = [h("span", { class: "brand-mark", "aria-hidden": "true" }), "Scanlatch"];
  return h(
    "header",
    { class: "top" },
    hasHome ? h("a", { class: "brand", href: "./" }, ...mark) : h("span", { class: "brand" }, ...mark),
    h("nav", { "aria-label": words.language }, h("a", { href, lang: code, hreflang: code }, name)),
  );
}
