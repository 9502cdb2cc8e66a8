import { h } from "../common/dom.js";
import { icon } from "../common/icons.js";
import { pick } from "../common/language.js";
import { Shell } from "../common/shell.js";

const words = pick({
  en: { title: "You are logged out", text: "You can close this page." },
  de: { title: "Sie sind abgemeldet", text: "Sie können diese Seite schließen." },
});

const shell = new Shell("Scanlatch", { hasHood: false, hasHome: false });
shell.show(
  { state: "done", title: words.title, isNavigation: true },
  h(
    "section",
    { class: "notice" },
    h("div", { class: "badge" }, icon("check")),
    h("h1", {}, words.title),
    h("p", {}, words.text),
  ),
);
