import { ask, type Payment, Refusal } from "../common/backend.js";
import { boot } from "../common/boot.js";
import { button, h } from "../common/dom.js";
import { icon } from "../common/icons.js";
import { Shell } from "../common/shell.js";
import { decisionOf, noteDecision } from "./decided.js";
import { devicesView } from "./devices.js";
import { enrolView } from "./enrol.js";
import { historyView } from "./history.js";
import { homeView } from "./home.js";
import { remember } from "./logins.js";
import { plain } from "./loud.js";
import { type ClaimedChallenge, Phone, pending } from "./phone.js";
import type { Seen } from "./place.js";
import { problem } from "./problems.js";
import { headline, type Question, questionView } from "./question.js";
import { resultView } from "./result.js";
import { scannerView } from "./camera.js";
import { askedBy, challengeIn } from "./scanned.js";
import { typingView } from "./typing.js";
import { registerWorker } from "./worker/register.js";
import { words } from "./words.js";

const shell = new Shell("Scanlatch", { hasHood: false });
/** Whether the address is the one that screens show to people who type. */
const isForTyping = /\/device$/.test(location.pathname);
waiting(words.loading);
void registerWorker();
await boot(shell, async (config) => {
  const phone = new Phone(config);
  await begin(phone);
});

/** From the address to the question, with setting up in between if this phone is new. */
async function begin(phone: Phone): Promise<void> {
  if (!isSecureContext) return trouble(phone, "insecure_context");
  // Who types the address of this page wants it, and not the question of a screen from before.
  const code = askedBy(location) ?? (isOpenedAnew() ? undefined : pending.get());
  pending.set(code);
  try {
    const standing = await phone.find();
    // A new phone need not be set up only to be told this.
    const refused = code === undefined ? undefined : read(phone, code).refused;
    if (standing !== "enrolled" && refused) return trouble(phone, refused);
    if (standing !== "enrolled") return enrol(phone, standing === "lost");
  } catch (error) {
    return trouble(phone, codeOf(error), () => begin(phone));
  }
  return next(phone);
}

/** What an enrolled phone shows first. */
function next(phone: Phone): Promise<void> | void {
  const code = pending.get() ?? askedBy(location);
  if (code !== undefined) return claim(phone, code);
  return isForTyping && phone.config.shortCodes ? typing(phone) : home(phone);
}

/** Whether somebody came here, rather than back to what was there. */
function isOpenedAnew(): boolean {
  const [how] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return how?.type === "navigate";
}

function enrol(phone: Phone, isLost = false, name = phone.name): void {
  const isWaiting = pending.get() !== undefined || isForTyping;
  const go = async (name: string) => {
    await phone.enrol(name);
    await next(phone);
  };
  const again = (name: string): void => {
    waiting(words.enrol.busy);
    go(name).catch((error: unknown) => fail(codeOf(error), name));
  };
  const fail = (code: string, name: string) =>
    code === "invalid_request" ? enrol(phone, isLost, name) : trouble(phone, code, () => again(name));
  const { title } = words.enrol;
  shell.show(
    { state: "enrol", title, isNavigation: true },
    ...enrolView({ isLost, isWaiting, name, go, fail }),
  );
}

function home(phone: Phone): void {
  leaveCode();
  const title = words.home.title(phone.name);
  shell.show(
    { state: "home", title, isNavigation: true },
    ...homeView(phone.name, {
      scan: () => scan(phone),
      type: () => typing(phone),
      history: () => history(phone),
      devices: () => devices(phone),
    }),
  );
}

/** A text that a camera saw or a person pasted. */
function scanned(phone: Phone, text: string): void {
  pending.set(text);
  return void claim(phone, text);
}

/** The pages may be at another address than the one that phones reach them at. */
function read({ config }: Phone, text: string): { id?: string; refused?: string } {
  return challengeIn(text, [location.origin, new URL(config.phoneUrl).origin]);
}

function typing(phone: Phone, isWrong = false): void {
  const { title } = words.typing;
  const view = typingView({
    hasShortCodes: phone.config.shortCodes,
    isWrong,
    short: (letters) => claimTyped(phone, letters),
    scanned: (text) => scanned(phone, text),
    back: () => home(phone),
  });
  const input = view[0]?.querySelector("input");
  shell.show({ state: "typing", title, isNavigation: true, ...(input ? { focus: input } : {}) }, ...view);
}

/** The service does not tell a wrong code from an old one, so all are asked for once more. */
async function claimTyped(phone: Phone, letters: string): Promise<void> {
  waiting(words.asking);
  try {
    const { challengeId, ...claimed } = await phone.claimTyped(letters);
    pending.set(challengeId);
    await question(phone, challengeId, claimed);
  } catch (error) {
    const code = codeOf(error);
    if (code === "challenge_not_found") return typing(phone, true);
    trouble(phone, code, () => claimTyped(phone, letters));
  }
}

async function claim(phone: Phone, text: string): Promise<void> {
  const { id, refused = "" } = read(phone, text);
  if (!id) return trouble(phone, refused);
  const before = decisionOf(id, phone.userId);
  if (before) return trouble(phone, decidedBefore(before.approved));
  waiting(words.asking);
  try {
    await question(phone, id, await phone.claim(id));
  } catch (error) {
    trouble(phone, codeOf(error), () => claim(phone, id));
  }
}

function decidedBefore(approved: boolean | undefined): string {
  if (approved === undefined) return "challenge_already_decided";
  return approved ? "approved_before" : "declined_before";
}

/** The letters that a device shows, if its link led here (RFC 8628 section 3.3.1). */
function userCodeOf(id: string): { userCode?: string } {
  const letters = new URLSearchParams(location.search).get("user_code") ?? "";
  return askedBy(location) === id && /^[A-Z]{4}-[A-Z]{4}$/.test(letters) ? { userCode: letters } : {};
}

/** Throws what the backend refuses. */
async function question(phone: Phone, code: string, claimed: ClaimedChallenge): Promise<void> {
  const { idempotencyKey = "", actionCode } = claimed;
  const [payment, here] = await Promise.all([
    actionCode === "payment" ? ask<Payment>("GET", `payments/${encodeURIComponent(idempotencyKey)}`) : undefined,
    ask<Seen>("GET", "phone/here").catch(() => undefined),
  ]);
  if (payment && payment.status !== "open") return trouble(phone, "payment_over");
  const asked: Question = {
    claimed,
    site: phone.config.site,
    ...(payment ? { payment } : {}),
    ...(here ? { here } : {}),
    ...userCodeOf(code),
  };
  const text = plain(headline(asked));
  shell.show(
    { state: "question", title: text, say: text, isNavigation: true },
    ...questionView(asked, {
      decide: (approved, number) => decide(phone, code, asked, approved, number),
      over: () => trouble(phone, "question_over"),
    }),
  );
}

/** The same answer may be given again, so an outage on the way costs nothing. */
async function decide(
  phone: Phone,
  code: string,
  asked: Question,
  approved: boolean,
  number: string | undefined,
): Promise<void> {
  waiting(words.deciding);
  try {
    await phone.decide(code, approved, number);
  } catch (error) {
    const refused = codeOf(error);
    // The site asks for a number since a moment ago: the next claim says so.
    if (refused === "verification_code_needed") return claim(phone, code);
    const isOver = refused === "challenge_already_decided" || refused === "wrong_number";
    if (isOver) noteDecision(code, { userId: phone.userId });
    return trouble(phone, refused, () => decide(phone, code, asked, approved, number));
  }
  noteDecision(code, { userId: phone.userId, approved });
  pending.set(undefined);
  leaveCode();
  remember(asked.claimed);
  const title = approved ? words.result.approved : words.result.declined;
  shell.show(
    { state: approved ? "approved" : "declined", title, say: title, isNavigation: true },
    ...resultView(
      asked,
      approved,
      () => home(phone),
      () => history(phone, asked.claimed.idempotencyKey),
    ),
  );
}

function history(phone: Phone, suspect?: string): void {
  const view = historyView({
    ...(suspect ? { suspect } : {}),
    back: () => home(phone),
    devices: () => devices(phone),
    fail: (code) => trouble(phone, code, () => history(phone)),
  });
  shell.show({ state: "history", title: words.history.title, isNavigation: true }, ...view);
}

function devices(phone: Phone): void {
  const view = devicesView({
    phone,
    back: () => home(phone),
    left: () => enrol(phone),
    fail: (code) => trouble(phone, code, () => devices(phone)),
  });
  shell.show({ state: "devices", title: words.devices.title, isNavigation: true }, ...view);
}

function scan(phone: Phone): void {
  const view = scannerView({
    found: (text) => scanned(phone, text),
    stop: () => home(phone),
    fail: (code) => trouble(phone, code),
  });
  shell.show({ state: "scanner", title: words.scanner.title, isNavigation: true }, ...view);
}

function waiting(text: string): void {
  shell.show(
    { state: "waiting", title: words.page, say: text, isNavigation: true },
    h("section", { class: "notice wait" }, h("div", { class: "bar", "aria-hidden": "true" }), h("h1", {}, text)),
  );
}

/** Says what went wrong and what comes next. */
function trouble(phone: Phone, code: string, retry?: () => unknown): void {
  const { name, title, text, way } = problem(code);
  const isLasting = way !== "retry";
  if (isLasting && way !== "enrol") pending.set(undefined);
  const toHome = button(words.back, () => home(phone), "plain");
  const ways: Record<typeof way, Node[]> = {
    scan: [button(words.home.scan, () => scan(phone)), toHome],
    type: [button(words.home.type, () => typing(phone)), toHome],
    retry: [button(words.retry, retry ?? (() => location.reload()))],
    enrol: [button(words.enrol.go, () => enrol(phone))],
    home: [button(words.back, () => home(phone))],
    none: [],
  };
  const canGoOn = phone.credential !== undefined || way === "retry" || way === "enrol";
  const instead = way === "none" ? [] : ways.enrol;
  shell.show(
    { state: "problem", title, say: `${title}. ${text}`, isNavigation: true },
    h(
      "section",
      { class: "notice", "data-problem": name },
      badge(name),
      h("h1", {}, title),
      h("p", {}, text),
      h("div", { class: "stack" }, ...(canGoOn ? ways[way] : instead)),
    ),
  );
}

function badge(name: string): HTMLElement {
  if (name === "approved") return h("div", { class: "badge" }, icon("check"));
  if (name === "declined") return h("div", { class: "badge bad" }, icon("cross"));
  return h("div", { class: "badge warn" }, icon(name === "network" ? "cloud" : "alert"));
}

/** A reload must not ask again for what was decided. */
function leaveCode(): void {
  pending.set(undefined);
  const url = new URL(location.href);
  for (const name of ["c", "challengeId"]) url.searchParams.delete(name);
  url.hash = "";
  window.history.replaceState(null, "", url);
}

function codeOf(error: unknown): string {
  if (error instanceof Refusal) return error.code;
  setTimeout(() => {
    throw error;
  });
  return "defect";
}
