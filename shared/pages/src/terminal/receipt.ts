import type { Payment } from "../common/backend.js";
import { h } from "../common/dom.js";
import { moment, money } from "../common/format.js";
import { icon } from "../common/icons.js";
import { itemName } from "../common/menu.js";
import { words } from "./words.js";

const row = (term: string, value: string, kind = "") =>
  h("div", { class: kind }, h("dt", {}, term), h("dd", {}, value));

/** What the backend says is being paid. */
export function lines({ items, amount, currency }: Payment): HTMLElement {
  const each = items.map(({ id, count, price }) => row(`${count} × ${itemName(id)}`, money(count * price, currency)));
  return h("dl", { class: "lines" }, ...each, row(words.total, money(amount, currency), "total"));
}

/** The end of a payment, as a slip of paper. */
export function receiptView(payment: Payment, ...buttons: Node[]): HTMLElement {
  const isPaid = payment.status === "paid";
  const { states } = words;
  return h(
    "section",
    { class: "slip" },
    h("div", { class: isPaid ? "badge" : "badge bad" }, icon(isPaid ? "check" : "cross")),
    h("h1", { "data-testid": "outcome" }, isPaid ? words.paid : words.declined),
    ...(isPaid ? [] : [h("p", { class: "soft" }, words.declinedText)]),
    h(
      "div",
      { class: "paper" },
      h("h2", {}, payment.payee),
      lines(payment),
      h(
        "dl",
        { class: "lines meta" },
        row(words.customer, payment.name),
        row(words.at, moment(payment.at)),
        ...(payment.receipt ? [row(words.number, payment.receipt)] : []),
        row(words.status, isPaid ? states.paid : states.declined),
      ),
    ),
    h("div", { class: "buttons" }, ...buttons),
  );
}
