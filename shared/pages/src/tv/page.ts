import { ask, type Config, type Session, typedAddress } from "../common/backend.js";
import { boot, failed } from "../common/boot.js";
import { letters } from "../common/code.js";
import { button, h } from "../common/dom.js";
import { listenToDpad } from "../common/dpad.js";
import { type Code, Login, type Step } from "../common/login.js";
import { noted } from "../common/record.js";
import { codeOf } from "../common/screen.js";
import { Shell } from "../common/shell.js";
import { library } from "./library.js";
import { words } from "./words.js";

const shell = new Shell(words.name, { isPublic: true });
/** What the Back key does in this state. */
let back: (() => void) | undefined;
listenToDpad(() => back);
await boot(shell, run);

async function run(config: Config): Promise<void> {
  const { session } = await ask<{ session: Session | null }>("GET", "session");
  if (session) return welcome(session);
  const login = new Login({
    config,
    action: "tv-login",
    custom: { screen: words.name },
    texts: { label: words.qr, codeOfflineHint: words.shaky, scannedOfflineHint: words.shaky },
    isTyped: true,
    onStep: (step) => draw(config, login, step),
  });
  login.start();
}

function draw(config: Config, login: Login, step: Step): void {
  const again = () => login.again();
  back = step.name === "code" || step.name === "connecting" ? undefined : again;
  switch (step.name) {
    case "connecting":
      return stage("connecting", words.connecting, login);
    case "code":
      return code(config, login, step.code);
    case "scanned":
      return stage(
        "scanned",
        step.number ? words.number(step.number) : words.scanned,
        login,
        button(words.cancel, again, "plain"),
      );
    case "approved":
      stage("checking", words.checking, login);
      return void enter(login, step.token);
    case "declined":
      return stage(
        "declined",
        step.hadNumber ? words.declinedNumber : words.declined,
        login,
        button(words.again, again),
      );
    case "offline":
      return stage("offline", words.offline, login, button(words.again, again));
    case "refused":
      return failed(shell, step.errorCode, () => location.reload());
  }
}

/** Where a remote control is all there is, something always has the focus. */
function stage(
  state: string,
  [title = "", text = ""]: readonly string[],
  { element }: Login,
  ...buttons: HTMLElement[]
): void {
  const [focus] = buttons;
  shell.show(
    { state, title, say: `${title}. ${text}`, ...(focus ? { focus } : {}) },
    h(
      "div",
      { class: "safe" },
      h("p", { class: "channel" }, words.name),
      h(
        "div",
        { class: "half" },
        h("h1", {}, title),
        h("p", { class: "lead" }, text),
        h("div", { class: "buttons" }, ...buttons),
      ),
      h("div", { class: "spot" }, element),
    ),
  );
}

function code(config: Config, login: Login, shown: Code): void {
  const typed = shown.shortCode && [
    h("p", { class: "way" }, words.visit, " ", h("b", { class: "where" }, typedAddress(config))),
    h("p", { class: "way" }, words.type, " ", letters(shown)),
  ];
  const fresh = button(words.fresh, () => login.again(), "plain");
  shell.show(
    { state: "code", title: words.title, say: words.title, focus: fresh },
    h(
      "div",
      { class: "safe" },
      h("p", { class: "channel" }, words.name),
      h(
        "div",
        { class: "half" },
        h("h1", {}, words.title),
        h("p", { class: "lead" }, h("b", {}, `${words.scan}. `), words.scanText),
        ...(typed ? [h("p", { class: "or" }, words.or), ...typed] : [h("p", { class: "lead" }, words.noCode)]),
        h("div", { class: "buttons" }, fresh),
      ),
      h("div", { class: "spot" }, login.element),
    ),
  );
}

async function enter(login: Login, token: string): Promise<void> {
  try {
    const session = await ask<Session>("POST", "session", { token });
    noted("backend", `session of ${session.userId}`);
    welcome(session);
  } catch (error) {
    const refused = codeOf(error);
    failed(shell, refused, () => (refused === "login_refused" ? login.again() : enter(login, token)));
  }
}

function welcome(session: Session): void {
  const leave = async () => {
    try {
      await ask("DELETE", "session");
      location.reload();
    } catch (error) {
      failed(shell, codeOf(error), leave);
    }
  };
  const { view, first } = library(session.name, leave);
  back = () => first.focus();
  const title = words.welcome(session.name);
  shell.show({ state: "welcome", title, say: title, focus: first }, view);
}
