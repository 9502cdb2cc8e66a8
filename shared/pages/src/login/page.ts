import { ask, type Config, type Session, typedAddress } from "../common/backend.js";
import { boot, failed } from "../common/boot.js";
import { button, h } from "../common/dom.js";
import { type Code, Login, type Step } from "../common/login.js";
import { noted } from "../common/record.js";
import { Shell } from "../common/shell.js";
import { account } from "./account.js";
import { words } from "./words.js";

const shell = new Shell("Scanlatch");
/** Whether the person has opened the other way in; the next code must not close it. */
let isOtherWayOpen = false;
await boot(shell, run);

async function run(config: Config): Promise<void> {
  const { session } = await ask<{ session: Session | null }>("GET", "session");
  if (session) return signedIn(config, session, true);
  const login = new Login({
    config,
    action: "login-with-qr-code",
    custom: { screen: "Web page" },
    texts: {
      label: words.qr,
      codeHint: words.renews,
      expiring: words.expiring,
      codeOfflineHint: words.shaky,
      scannedOfflineHint: words.shaky,
    },
    onStep: (step) => draw(config, login, step),
  });
  login.start();
}

function draw(config: Config, login: Login, step: Step): void {
  const title = words.title(config.site);
  const again = () => login.again();
  switch (step.name) {
    case "connecting":
      return sheet(step.name, config, words.connecting, login);
    case "code":
      return code(config, step.code, login);
    case "scanned":
      return sheet(step.name, config, words.scanned, login, button(words.cancel, again, "plain"));
    case "approved":
      sheet(step.name, config, words.checking, login);
      return void enter(config, login, step.token);
    case "declined":
      return sheet(step.name, config, words.declined, login, button(words.again, again));
    case "offline":
      return sheet(step.name, config, words.offline, login, button(words.now, again));
    case "refused":
      return failed(shell, step.errorCode, () => location.reload());
    default:
      return (step satisfies never, shell.show({ state: "failed", title }));
  }
}

/** Two columns: what to do beside the code, or what became of it. */
function sheet(
  state: string,
  config: Config,
  [title = "", text = ""]: readonly string[],
  { element }: Login,
  ...buttons: Node[]
): void {
  shell.show(
    { state, title, say: `${title}. ${text}` },
    h(
      "div",
      { class: "sheet", "data-step": state },
      h(
        "div",
        { class: "words" },
        h("p", { class: "soft" }, words.title(config.site)),
        h("h1", {}, title),
        h("p", { class: "lead" }, text),
        ...(buttons.length > 0 ? [h("div", { class: "buttons" }, ...buttons)] : []),
      ),
      h("div", { class: "side" }, element),
    ),
  );
}

function code(config: Config, shown: Code, { element }: Login): void {
  shell.show(
    { state: "code", title: words.title(config.site), say: words.title(config.site) },
    h(
      "div",
      { class: "sheet", "data-step": "code" },
      h(
        "div",
        { class: "words" },
        h("h1", {}, words.title(config.site)),
        h("p", { class: "lead" }, words.lead),
        h(
          "ol",
          { class: "steps" },
          ...words.steps.map(([what, how]) => h("li", {}, h("div", {}, h("b", {}, what), h("span", {}, how)))),
        ),
        noPhone(config, shown),
      ),
      h("div", { class: "side" }, element, onThisPhone(shown)),
    ),
  );
}

/** Nobody can scan the phone that they hold, so a small touch screen offers the way without a camera first. */
function onThisPhone({ link }: Code): HTMLElement {
  return h("a", { class: "button main same", href: link, target: "_blank", rel: "noopener" }, words.same);
}

function noPhone(config: Config, { shortCode, link }: Code): HTMLElement {
  const here = h("p", {}, h("a", { href: link, target: "_blank", rel: "noopener" }, words.openHere));
  const typed = [
    h("p", {}, words.type, " ", h("span", { class: "where" }, typedAddress(config))),
    h("p", {}, words.andCode, " ", h("span", { class: "short" }, shortCode)),
  ];
  return h(
    "details",
    {
      class: "nophone",
      open: isOtherWayOpen,
      ontoggle: ({ target }) => (isOtherWayOpen = target instanceof HTMLDetailsElement && target.open),
    },
    h("summary", {}, shortCode ? words.nophone : words.noCamera),
    ...(shortCode ? typed : []),
    here,
  );
}

/** The page's backend decides whether the approval is a login. */
async function enter(config: Config, login: Login, token: string): Promise<void> {
  try {
    const session = await ask<Session>("POST", "session", { token });
    noted("backend", `session of ${session.userId}`);
    const kept = await ask<{ session: Session | null }>("GET", "session");
    signedIn(config, session, kept.session !== null);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "defect";
    noted("backend", code);
    // An approval serves for minutes, so an outage is no reason to scan again.
    failed(shell, code, () => (code === "login_refused" ? login.again() : enter(config, login, token)));
  }
}

function signedIn(config: Config, session: Session, isKept: boolean): void {
  const leave = async () => {
    try {
      await ask("DELETE", "session");
      location.reload();
    } catch (error) {
      failed(shell, error instanceof Error && "code" in error ? String(error.code) : "defect", leave);
    }
  };
  const title = words.welcome(session.name);
  shell.show({ state: "welcome", title, say: title }, account(config.site, session, isKept, leave));
}
