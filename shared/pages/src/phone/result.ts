import { described } from "../common/agent.js";
import { button, h } from "../common/dom.js";
import { money } from "../common/format.js";
import { icon } from "../common/icons.js";
import { nearest } from "./place.js";
import { isLogin, type Question } from "./question.js";
import { words } from "./words.js";

/** What follows from the answer, in one sentence. The phone cannot see whether the screen still hears it. */
export function outcome(question: Question, approved: boolean): string {
  const { result } = words;
  const { payment, claimed } = question;
  if (payment) return approved ? result.paid(money(payment.amount, payment.currency), payment.payee) : result.unpaid;
  if (isLogin(question)) {
    const where = [described(claimed.userAgent), nearest(claimed)].filter(Boolean).join(", ") || result.screen;
    const to = claimed.application?.name;
    if (to) return approved ? result.loggedInTo(to, where) : result.nobodyTo(to);
    return approved ? result.loggedIn(where) : result.nobody;
  }
  if (!approved) return result.nothing;
  return claimed.actionCode === "kiosk-identify" ? result.greeted : result.other;
}

/** The end of a question. */
export function resultView(question: Question, approved: boolean, done: () => void, notMe: () => void): Node[] {
  const { result } = words;
  const picture = approved
    ? h("div", { class: "badge" }, icon("check"))
    : h("div", { class: "badge bad" }, icon("cross"));
  return [
    h(
      "section",
      { class: "notice" },
      picture,
      h("h1", { "data-testid": "result" }, approved ? result.approved : result.declined),
      h("p", {}, outcome(question, approved)),
      ...(approved ? [] : [h("p", { class: "small" }, result.suspicious)]),
      h(
        "div",
        { class: "stack" },
        button(result.done, done),
        ...(approved && isLogin(question) ? [button(result.notMe, notMe, "quiet", { "data-testid": "suspect" })] : []),
      ),
    ),
  ];
}
