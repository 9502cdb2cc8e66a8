import { ask, type Config, type Menu, type Payment } from "../common/backend.js";
import { boot, failed } from "../common/boot.js";
import { button, h } from "../common/dom.js";
import { listenToDpad } from "../common/dpad.js";
import { money } from "../common/format.js";
import { Login, type Step } from "../common/login.js";
import { icon } from "../common/icons.js";
import { noted } from "../common/record.js";
import { codeOf } from "../common/screen.js";
import { Shell } from "../common/shell.js";
import { type Basket, basketView, customerView } from "./order.js";
import { lines, receiptView } from "./receipt.js";
import { words } from "./words.js";

type Tracked = Payment & { token: string };

/** A payment has to be confirmed within this time of its tracking, in milliseconds; the backend says the same. */
const PAYMENT_MS = 600_000;

const shell = new Shell(words.name);
let back: (() => void) | undefined;
listenToDpad(() => back);
await boot(shell, async (config) =>
  order(
    config,
    await ask<Menu>("GET", "menu"),
    new Map([
      ["flat-white", 2],
      ["orange-juice", 1],
    ]),
  ),
);

function order(config: Config, menu: Menu, basket: Basket): void {
  back = undefined;
  const pay = () => void customer(config, basket);
  shell.show({ state: "order", title: words.basket }, basketView(menu, basket, pay));
}

/** Asks anew who could pay, because phones are set up meanwhile. */
async function customer(config: Config, basket: Basket): Promise<void> {
  try {
    const menu = await ask<Menu>("GET", "menu");
    const leave = () => order(config, menu, basket);
    back = leave;
    const choose = (name: string) => track(config, basket, name);
    shell.show(
      { state: "customer", title: words.who, isNavigation: true },
      customerView(menu.customers, choose, leave),
    );
  } catch (error) {
    failed(shell, codeOf(error), () => customer(config, basket));
  }
}

/** The backend names the amount and gives a token. Only with it can a code be asked for. Throws what the backend refuses. */
async function track(config: Config, basket: Basket, name: string): Promise<void> {
  const items = [...basket].filter(([, count]) => count > 0).map(([id, count]) => ({ id, count }));
  const payment = await ask<Tracked>("POST", "payments", { name, items });
  noted("backend", `payment of ${money(payment.amount, payment.currency)}`);
  const again = () => {
    login.stop();
    clearTimeout(end);
    void customer(config, basket);
  };
  const over = () => {
    login.stop();
    back = again;
    notice("over", payment, words.over, h("div", { class: "badge warn" }, icon("clock")), button(words.once, again));
  };
  const end = setTimeout(over, PAYMENT_MS);
  const login = new Login({
    config,
    action: "payment",
    token: payment.token,
    texts: {
      label: words.qr,
      expiring: words.expiring,
      codeOfflineHint: words.shaky,
      scannedOfflineHint: words.shaky,
    },
    onStep: (step) => draw(step),
  });
  const { element } = login;
  const draw = (step: Step): void => {
    back = again;
    const cancel = button(words.cancel, again, "plain");
    switch (step.name) {
      case "connecting":
        return notice(step.name, payment, words.connecting, element, cancel);
      case "code":
        return notice(step.name, payment, ["", words.for(payment.name)], element, cancel);
      case "scanned":
        return notice(step.name, payment, step.number ? words.typed(step.number) : words.scanned, element, cancel);
      case "offline":
        return notice(step.name, payment, words.offline, element, cancel);
      case "approved":
        clearTimeout(end);
        notice("checking", payment, words.checking, element);
        return void settle(payment, step.token);
      case "declined":
        clearTimeout(end);
        return receipt(
          { ...payment, status: "declined", at: new Date().toISOString() },
          button(words.once, again, "plain"),
        );
      case "refused":
        clearTimeout(end);
        return failed(shell, step.errorCode, again);
    }
  };
  login.start();
}

/** The amount stays in sight from the code to the receipt. */
function notice(
  state: string,
  payment: Payment,
  [title = "", text = ""]: readonly string[],
  picture: Node,
  ...buttons: Node[]
): void {
  const amount = money(payment.amount, payment.currency);
  const heading = words.title(amount, payment.payee);
  shell.show(
    { state, title: title || heading, say: title ? `${title}. ${text}` : `${heading}. ${text}` },
    h(
      "div",
      { class: "till" },
      h(
        "section",
        { class: "due" },
        h("h1", {}, heading),
        lines(payment),
        ...(title ? [h("p", { class: "state" }, title)] : []),
        h("p", { class: "lead" }, text),
        h("div", { class: "buttons" }, ...buttons),
      ),
      h("div", { class: "spot" }, picture),
    ),
  );
}

async function settle(payment: Payment, token: string): Promise<void> {
  try {
    const settled = await ask<Payment>("POST", `payments/${encodeURIComponent(payment.paymentId)}/settle`, { token });
    noted("backend", `receipt ${settled.receipt ?? ""}`);
    receipt(settled);
  } catch (error) {
    const refused = codeOf(error);
    failed(shell, refused, () => (refused === "payment_refused" ? location.reload() : settle(payment, token)));
  }
}

function receipt(payment: Payment, ...buttons: Node[]): void {
  const done = button(words.done, () => location.reload());
  const title = payment.status === "paid" ? words.paid : words.declined;
  back = () => location.reload();
  shell.show({ state: payment.status, title, say: title, focus: done }, receiptView(payment, done, ...buttons));
}
