import { type Config, typeable } from "../common/backend.js";
import { boot } from "../common/boot.js";
import { qrCode } from "../../../browser/src/element/draw.js";
import { h } from "../common/dom.js";
import { type Icon, icon } from "../common/icons.js";
import { Shell } from "../common/shell.js";
import { words } from "./words.js";

const ICONS: Record<keyof typeof words.pages, Icon> = { login: "screen", kiosk: "kiosk", tv: "tv", terminal: "card" };

const shell = new Shell("Scanlatch", { hasHood: false });
await boot(shell, draw);

/** The front door: a phone first, then what it can do. */
function draw({ phoneUrl }: Config): void {
  const cards = (Object.keys(ICONS) as (keyof typeof ICONS)[]).map((name) => {
    const [title, text] = words.pages[name];
    return h(
      "li",
      {},
      h("a", { class: "tile", href: name }, icon(ICONS[name]), h("b", {}, title), h("span", {}, text)),
    );
  });
  shell.show(
    { state: "ready", title: words.title },
    h(
      "div",
      { class: "gallery" },
      h("div", { class: "intro" }, h("h1", {}, words.title), h("p", { class: "lead" }, words.lead)),
      h(
        "section",
        { class: "first" },
        h("div", { class: "plate", role: "img", "aria-label": words.qr }, qrCode(phoneUrl)),
        h(
          "div",
          { class: "text" },
          h("h2", {}, words.phone),
          h("p", { class: "soft" }, words.phoneText),
          h("p", { class: "where" }, typeable(phoneUrl)),
          h("a", { href: "phone" }, words.here),
        ),
      ),
      h("section", { class: "then" }, h("h2", {}, words.screens), h("ul", { class: "tiles" }, ...cards)),
      h("p", { class: "soft small" }, words.foot),
    ),
  );
}
