import { ask, type Config, type Guest } from "../common/backend.js";
import { boot, failed } from "../common/boot.js";
import { button, h } from "../common/dom.js";
import { listenToDpad } from "../common/dpad.js";
import { afterIdle } from "../common/idle.js";
import { Login, type Step } from "../common/login.js";
import { noted } from "../common/record.js";
import { codeOf } from "../common/screen.js";
import { SHOP } from "../common/shop.js";
import { Shell } from "../common/shell.js";
import { greeting, thanks } from "./greeting.js";
import { slides } from "./slides.js";
import { words } from "./words.js";

/** How long a guest's name stays after the last touch, in milliseconds. */
const IDLE_MS = 5_000;
/** How long a decided screen that names nobody stays, in milliseconds. */
const NOTICE_MS = 8_000;

const shell = new Shell(SHOP, { isPublic: true, isUnattended: true });
let stopIdling: () => void = () => undefined;
await boot(shell, run);

function run(config: Config): void {
  const login = new Login({
    config,
    action: "kiosk-identify",
    custom: { kiosk: `${SHOP}, 1` },
    texts: { label: words.qr },
    onStep: (step) => draw(login, step),
  });
  listenToDpad(() => () => login.again());
  login.start();
}

function draw(login: Login, step: Step): void {
  stopIdling();
  const again = () => login.again();
  switch (step.name) {
    case "connecting":
      return attract("connecting", words.connecting, login);
    case "code":
      return code(login);
    case "scanned":
      stopIdling = afterIdle(60_000, again);
      return attract(
        "scanned",
        step.number ? words.number(step.number) : words.scanned,
        login,
        button(words.cancel, again, "plain"),
      );
    case "approved":
      return void greet(login, step.token);
    case "declined":
      stopIdling = afterIdle(NOTICE_MS, again);
      return attract(
        "declined",
        step.hadNumber ? words.declinedNumber : words.declined,
        login,
        button(words.again, again),
      );
    case "offline":
      return attract("offline", words.offline, login);
    case "refused":
      return failed(shell, step.errorCode, () => location.reload());
  }
}

function attract(
  state: string,
  [title = "", text = ""]: readonly string[],
  { element }: Login,
  ...buttons: Node[]
): void {
  shell.show(
    { state, title, say: `${title}. ${text}` },
    h(
      "div",
      { class: "stage" },
      h("p", { class: "house" }, SHOP),
      h("div", { class: "lines" }, h("h1", {}, title), h("p", { class: "lead" }, text), ...buttons),
      h("div", { class: "spot" }, element),
    ),
  );
}

function code({ element }: Login): void {
  shell.show(
    { state: "code", title: words.scan },
    h(
      "div",
      { class: "stage" },
      h("p", { class: "house" }, SHOP),
      h("h1", { class: "unseen" }, words.scan),
      slides(),
      h("div", { class: "spot" }, element, h("p", { class: "call" }, words.scan)),
    ),
  );
}

/** The guest's own screen, until nobody touches it any more. Nothing of it stays. */
async function greet(login: Login, token: string): Promise<void> {
  attract("checking", [words.checking], login);
  const reset = () => {
    stopIdling();
    login.again();
  };
  try {
    const guest = await ask<Guest>("POST", "kiosk", { token });
    noted("backend", "greeting");
    const idle = () => {
      stopIdling();
      stopIdling = afterIdle(IDLE_MS, reset, restart);
    };
    const thank = (text: string) => {
      shell.show(
        { state: "ordered", title: words.done, say: `${words.done}. ${text}` },
        thanks(text, reset),
        idleBar(),
      );
      idle();
    };
    const title = words.hello(guest.name);
    shell.show({ state: "greeting", title, say: title }, greeting(guest, thank), idleBar());
    idle();
  } catch (error) {
    stopIdling = afterIdle(NOTICE_MS, reset);
    failed(shell, codeOf(error), reset);
  }
}

/** Fills the bar again. The buttons beside it stay, for one may have the focus. */
function restart(): void {
  const bar = shell.main.querySelector(".idle > span");
  bar?.replaceWith(bar.cloneNode());
}

function idleBar(): HTMLElement {
  return h(
    "div",
    { class: "idle" },
    h("span", { "aria-hidden": "true" }),
    h("p", {}, words.bye),
    button(words.stay, () => undefined, "quiet"),
  );
}
