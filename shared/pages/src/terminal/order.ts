import { type Menu, Refusal } from "../common/backend.js";
import { button, h } from "../common/dom.js";
import { foodPicture } from "../common/food.js";
import { money } from "../common/format.js";
import { itemName } from "../common/menu.js";
import { refusalWords } from "../common/refusals.js";
import { words } from "./words.js";

/** How many of each item. */
export type Basket = Map<string, number>;

const MOST = 9;

/** What is bought. The amounts are for the eye: the backend computes its own. */
export function basketView({ items, currency, payee }: Menu, basket: Basket, pay: () => void): HTMLElement {
  const total = h("b", { class: "sum", "data-testid": "sum" });
  const go = button(words.pay, pay);
  const refresh = () => {
    const sum = items.reduce((all, { id, price }) => all + price * (basket.get(id) ?? 0), 0);
    total.textContent = money(sum, currency);
    go.disabled = sum === 0;
  };
  const rows = items.map(({ id, price }) => {
    const name = itemName(id);
    const count = h("output", { "aria-live": "polite", "aria-label": name }, basket.get(id) ?? 0);
    const step = (by: number) => {
      const next = Math.min(MOST, Math.max(0, (basket.get(id) ?? 0) + by));
      basket.set(id, next);
      count.textContent = String(next);
      refresh();
    };
    return h(
      "li",
      {},
      foodPicture(id),
      h("div", { class: "what" }, h("b", {}, name), h("span", { class: "soft" }, money(price, currency))),
      h(
        "div",
        { class: "steps" },
        button("−", () => step(-1), "plain", { "aria-label": words.less(name) }),
        count,
        button("+", () => step(1), "plain", { "aria-label": words.more(name) }),
      ),
    );
  });
  refresh();
  return h(
    "section",
    { class: "order" },
    h("h1", {}, payee),
    h("ul", { class: "items" }, ...rows),
    h("p", { class: "line" }, words.total, total),
    go,
  );
}

/** For whom the code is. A refusal is told beside the name, because another name may do. */
export function customerView(
  customers: string[],
  choose: (name: string) => Promise<void>,
  back: () => void,
): HTMLElement {
  const error = h("p", { id: "who-error", class: "field-error", role: "alert" });
  const input = h("input", {
    type: "text",
    id: "who",
    maxlength: 60,
    autocomplete: "off",
    "aria-describedby": "who-error",
    "data-testid": "who",
  });
  const submit = button(words.next, () => undefined, "main", { type: "submit" });
  const attempt = (name: string) => {
    error.textContent = words.asking;
    choose(name).catch((reason: unknown) => {
      const code = reason instanceof Refusal ? reason.code : "defect";
      const isName = code === "unknown_customer" || code === "invalid_request";
      const { title, text } = refusalWords(code);
      error.textContent = isName ? words.nobody : `${title}. ${text}`;
      input.focus();
    });
  };
  const form = h("form", { class: "other" }, h("label", { for: "who" }, words.other), input, error, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(input.value);
  });
  const chips = customers.map((name) => button(name, () => attempt(name), "plain", { class: "button plain chip" }));
  return h(
    "section",
    { class: "order" },
    h("h1", {}, words.who),
    h("p", { class: "soft" }, words.whoText),
    ...(chips.length > 0 ? [h("div", { class: "chips" }, ...chips)] : []),
    form,
    button(words.back, back, "quiet"),
  );
}
