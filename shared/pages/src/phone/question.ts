import type { Payment } from "../common/backend.js";
import { described } from "../common/agent.js";
import { button, h } from "../common/dom.js";
import { money } from "../common/format.js";
import { icon } from "../common/icons.js";
import { itemName } from "../common/menu.js";
import { SHOP } from "../common/shop.js";
import { deadline } from "./deadline.js";
import { sentence } from "./loud.js";
import { numberField } from "./number.js";
import type { ClaimedChallenge } from "./phone.js";
import { distance, nearest, type Seen } from "./place.js";
import { row, sections } from "./sources.js";
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

/** What the person can do with a question. */
export interface Answers {
  /** `number` is what was typed, where the screen shows one. */
  decide(approved: boolean, number?: string): unknown;
  /** The time for the answer is over. */
  over(): unknown;
}

/** The question as a page: what was seen, what others say, and two answers that are equally near. */
export function questionView(asked: Question, { decide, over }: Answers): Node[] {
  const { question, number } = words;
  const { claimed, payment, here, site } = asked;
  const far = distance(claimed, here);
  const isFar = far?.isFar === true;
  const approve = button(payment ? question.pays : question.approve, () => decide(true, field?.value()), "main", {
    class: "button answer yes",
    "data-testid": "approve",
    ...(claimed.verificationCodeRequired ? { disabled: true, "aria-describedby": "number-hint" } : {}),
  });
  const field = claimed.verificationCodeRequired
    ? numberField(
        (isComplete) => (approve.disabled = !isComplete),
        () => approve.focus(),
      )
    : undefined;
  const left = deadline(claimed.decideWithinMs, () => void over());
  const check = field ? number.warning : warning(asked);
  const advice = h(
    "p",
    { class: isFar ? "advice far" : "advice" },
    icon("alert"),
    h("span", {}, far?.warning ? `${far.warning} ` : "", ...sentence(check)),
  );
  return [
    h(
      "div",
      { class: "ask" },
      h("h1", {}, ...sentence(headline(asked))),
      // On a small phone the field must not lie behind the answers, unless there is something to be warned of.
      ...(field && !isFar ? [field.element, advice] : field ? [advice, field.element] : [advice]),
      ...(payment ? [bill(payment)] : []),
      ...(claimed.application ? [known(claimed.application, site)] : []),
      ...sections(asked),
    ),
    h(
      "div",
      { class: "answers" },
      ...(left ? [left] : []),
      button(question.decline, () => decide(false), "plain", { class: "button answer no", "data-testid": "decline" }),
      approve,
    ),
  ];
}

/** Who asks, as the service knows it and no screen can say. */
function known({ name, clientId }: NonNullable<ClaimedChallenge["application"]>, site: string): HTMLElement {
  const { question } = words;
  return h(
    "section",
    { class: "seen" },
    h("h2", {}, icon("check"), question.known(site)),
    h("dl", { class: "rows" }, row(question.application, name, clientId)),
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
