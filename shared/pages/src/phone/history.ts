import { ask, Refusal } from "../common/backend.js";
import { button, h } from "../common/dom.js";
import { moment } from "../common/format.js";
import { icon } from "../common/icons.js";
import { confirmed, loaded } from "./loaded.js";
import { whereOf } from "./logins.js";
import { words } from "./words.js";

interface Login {
  id: string;
  action: string;
  state: string;
  at: string;
  isActive: boolean;
}

interface History {
  /** The login that the person has just called not theirs. */
  suspect?: string;
  back(): void;
  devices(): void;
  fail(code: string): void;
}

/** What was decided in the person's name, on any of their phones. */
export function historyView({ suspect, back, devices, fail }: History): Node[] {
  const { history } = words;
  const list = loaded(
    () => ask<{ logins: Login[] }>("GET", "phone/history"),
    ({ logins }) => {
      if (logins.length === 0) return [h("p", { class: "soft" }, history.none)];
      return [
        h("ul", { class: "entries" }, ...logins.map((login) => entry(login, login.id === suspect, devices, fail))),
      ];
    },
    fail,
  );
  return [h("section", { class: "panel wide" }, h("h1", {}, history.title), list, button(words.back, back, "plain"))];
}

function entry(login: Login, isSuspect: boolean, devices: () => void, fail: (code: string) => void): HTMLElement {
  const { history } = words;
  const { browser, place, application } = whereOf(login.id);
  const isApproved = login.state === "CHALLENGE_SUCCEEDED";
  const foot = h("div", { class: "foot" });
  const notMe = () => {
    const no = button(history.keep, rest, "plain");
    const yes = button(history.end, () => void end(), "danger", { "data-testid": "end" });
    confirmed(foot, history.sure, yes, no);
  };
  const rest = () =>
    foot.replaceChildren(
      ...(login.isActive ? [button(history.notMe, notMe, "quiet", { "data-testid": "not-me" })] : []),
    );
  const end = async () => {
    try {
      const { ended } = await ask<{ ended: number }>("POST", `phone/history/${encodeURIComponent(login.id)}/report`);
      foot.replaceChildren(
        h("p", { role: "status" }, `${history.ended(ended)} ${history.then}`),
        button(words.devices.title, devices, "plain"),
      );
      active.remove();
    } catch (error) {
      fail(error instanceof Refusal ? error.code : "defect");
    }
  };
  const active = h("span", { class: "tag on" }, history.active);
  rest();
  if (isSuspect) queueMicrotask(notMe);
  return h(
    "li",
    {},
    h("span", { class: isApproved ? "mark" : "mark bad" }, icon(isApproved ? "check" : "cross")),
    h(
      "div",
      {},
      h("b", {}, application ? history.loginTo(application) : (history.actions[login.action] ?? login.action)),
      h(
        "p",
        { class: "soft small" },
        [isApproved ? history.approved : history.declined, moment(login.at), browser, place]
          .filter(Boolean)
          .join(" · "),
      ),
      ...(login.isActive ? [active] : []),
      foot,
    ),
  );
}
