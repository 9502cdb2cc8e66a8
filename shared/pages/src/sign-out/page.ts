import { boot } from "../common/boot.js";
import { h } from "../common/dom.js";
import { sentBy } from "../common/fragment.js";
import { icon } from "../common/icons.js";
import { Shell } from "../common/shell.js";
import { confirmation } from "./confirmation.js";
import { words } from "./words.js";

const shell = new Shell("Scanlatch", { hasHood: false, hasHome: false });
addEventListener("hashchange", () => location.reload());

const sent = sentBy(location.hash);
if (typeof sent === "string") notice("over", words[sent]);
else {
  await boot(shell, ({ baseUrl, site }) => {
    const { action, fields } = confirmation(baseUrl, sent);
    const hidden = fields.map(([name, value]) => h("input", { type: "hidden", name, value }));
    const submit = h("button", { type: "submit", class: "button main", "data-testid": "log-out" }, words.yes);
    notice("ask", words.ask(site), h("form", { method: "post", action }, ...hidden, submit));
  });
}

function notice(state: string, [title = "", text = ""]: readonly string[], ...more: Node[]): void {
  shell.show(
    { state, title, say: `${title} ${text}`, isNavigation: true },
    h(
      "section",
      { class: "notice" },
      h("div", { class: state === "ask" ? "badge" : "badge warn" }, icon(state === "ask" ? "key" : "alert")),
      h("h1", {}, title),
      h("p", {}, text),
      ...more,
    ),
  );
}
