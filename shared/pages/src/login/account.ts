import type { Session } from "../common/backend.js";
import { button, h } from "../common/dom.js";
import { moment } from "../common/format.js";
import { words } from "./words.js";

/** The page behind the login. */
export function account(
  site: string,
  { userId, name, since }: Session,
  isKept: boolean,
  leave: () => unknown,
): HTMLElement {
  const { facts } = words;
  const fact = (term: string, value: string) => h("div", {}, h("dt", {}, term), h("dd", {}, value));
  const [noCookie, lost] = words.noCookie;
  return h(
    "div",
    { class: "account" },
    h(
      "section",
      { class: "card" },
      h(
        "div",
        { class: "who" },
        h("div", { class: "avatar", "aria-hidden": "true" }, [...name][0]?.toUpperCase()),
        h("div", {}, h("h1", {}, words.welcome(name)), h("p", { class: "soft" }, words.signedIn(site))),
      ),
      h(
        "dl",
        { class: "facts" },
        fact(facts.user, userId),
        fact(facts.since, moment(since)),
        fact(facts.way, facts.wayValue),
      ),
      ...(isKept ? [] : [h("p", { role: "alert" }, h("b", {}, `${noCookie}. `), lost)]),
      button(words.logout, leave, "plain"),
    ),
  );
}
