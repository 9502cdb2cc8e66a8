import type { Payment } from "../common/backend.js";
import { described } from "../common/agent.js";
import { button, h } from "../common/dom.js";
import { clock, money } from "../common/format.js";
import { icon } from "../common/icons.js";
import { itemName } from "../common/menu.js";
import { SHOP } from "../common/shop.js";
import { sentence } from "./loud.js";
import type { ClaimedChallenge } from "./phone.js";
import { distance, nearest, placeOf, type Seen } from "./place.js";
import { words } from "./words.js";

const LOGINS = ["login-with-qr-code", "tv-login"];

/** What is asked, with everything that the person needs to judge it. */
export interface Question {
  claimed: ClaimedChallenge;
  site: string;
  /** What the backend says of the payment; the screen cannot change it. */
  payment?: Payment;
  /** Where this phone is. */
  here?: Seen;
  /** What the screen shows beside its code, as the link says that was scanned. */
  userCode?: string;
}

export const isLogin = ({ claimed }: Question): boolean =>
  claimed.application !== undefined || LOGINS.includes(claimed.actionCode ?? "");

/** The one sentence; what is loud in it is marked. */
export function headline({ claimed, site, payment }: Question): string {
  const { question } = words;
  if (payment) return question.pay(money(payment.amount, payment.currency), payment.payee);
  const action = claimed.actionCode ?? "";
  const to = claimed.application?.name ?? site;
  if (isLogin({ claimed, site })) return question.login(to, described(claimed.userAgent), nearest(claimed));
  return action === "kiosk-identify" ? question.kiosk(SHOP) : question.other(action, site);
}

const warning = ({ userCode }: Question): string =>
  userCode === undefined ? words.question.warning : words.question.compare(userCode);

/** The question as a page: what was seen, what the screen says, and two answers that are equally near. */
export function questionView(asked: Question, decide: (approved: boolean) => unknown): Node[] {
  const { question } = words;
  const { claimed, payment, here, site } = asked;
  const far = distance(claimed, here);
  const isFar = far?.isFar === true;
  return [
    h(
      "div",
      { class: "ask" },
      h("h1", {}, ...sentence(headline(asked))),
      h(
        "p",
        { class: isFar ? "advice far" : "advice" },
        icon("alert"),
        h("span", {}, isFar ? `${question.far} ` : "", ...sentence(warning(asked))),
      ),
      ...(payment ? [bill(payment)] : []),
      ...(claimed.application ? [known(claimed.application, site)] : []),
      h("section", { class: "seen" }, h("h2", {}, icon("check"), question.facts), facts(asked, far?.text)),
      ...(payment ? [] : [claims(claimed)]),
    ),
    h(
      "div",
      { class: "answers" },
      button(question.decline, () => decide(false), "plain", { class: "button answer no", "data-testid": "decline" }),
      button(payment ? question.pays : question.approve, () => decide(true), "main", {
        class: "button answer yes",
        "data-testid": "approve",
      }),
    ),
  ];
}

const row = (term: string, ...value: (string | Node | undefined)[]) =>
  h("div", {}, h("dt", {}, term), h("dd", {}, ...value));

function facts({ claimed }: Question, distanceText: string | undefined): HTMLElement {
  const { question } = words;
  return h(
    "dl",
    { class: "rows" },
    row(question.place, placeOf(claimed), distanceText ? h("small", {}, distanceText) : undefined),
    row(question.address, claimed.ipAddress ?? question.unknown),
    row(question.time, question.now(clock(new Date()))),
  );
}

/** What nobody has checked: the browser's name and what the page has attached. */
function claims({ userAgent, custom = {}, application }: ClaimedChallenge): HTMLElement {
  const { question } = words;
  // The service says the application's name there too, for apps that know no other place.
  if (application) custom = {};
  const attached = Object.entries(custom).map(([name, value]) => row(named(name), written(value)));
  return h(
    "section",
    { class: "said" },
    h("h2", {}, question.claims, h("span", { class: "tag" }, question.unchecked)),
    h("dl", { class: "rows" }, row(question.browser, described(userAgent) ?? question.unknown), ...attached),
  );
}

/** Who asks, as the service knows it and no screen can say. */
function known({ name, clientId }: NonNullable<ClaimedChallenge["application"]>, site: string): HTMLElement {
  const { question } = words;
  return h(
    "section",
    { class: "seen" },
    h("h2", {}, icon("check"), question.known(site)),
    h("dl", { class: "rows" }, row(question.application, name, h("small", {}, clientId))),
  );
}

function bill({ items, amount, currency, payee }: Payment): HTMLElement {
  const lines = items.map(({ id, count, price }) => row(`${count} × ${itemName(id)}`, money(count * price, currency)));
  return h(
    "section",
    { class: "bill" },
    h("h2", {}, icon("check"), words.question.backed(payee)),
    h(
      "dl",
      { class: "rows" },
      ...lines,
      h("div", { class: "total" }, h("dt", {}, words.question.total), h("dd", {}, money(amount, currency))),
    ),
  );
}

/** A member's name as words: `deviceInfo` is "Device info". */
export function named(name: string): string {
  const spaced = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[_-]+/g, " ")
    .toLowerCase()
    .trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function written(value: unknown): string {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
