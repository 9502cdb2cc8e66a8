import { ask, type Config, type Session } from "../common/backend.js";
import { boot, failed } from "../common/boot.js";
import { codeTexts, codeWords, onThisPhone, otherWay, steps } from "../common/code.js";
import { button, h } from "../common/dom.js";
import { type Code, Login, type Step } from "../common/login.js";
import { noted } from "../common/record.js";
import { Shell } from "../common/shell.js";
import { account } from "./account.js";
import { words } from "./words.js";

const shell = new Shell("Scanlatch");
await boot(shell, run);

async function run(config: Config): Promise<void> {
  const { session } = await ask<{ session: Session | null }>("GET", "session");
  if (session) return signedIn(config, session, true);
  const login = new Login({
    config,
    action: "login-with-qr-code",
    custom: { screen: "Web page" },
    texts: codeTexts,
    onStep: (step) => draw(config, login, step),
  });
  login.start();
}

function draw(config: Config, login: Login, step: Step): void {
  const title = codeWords.title(config.site);
  const again = () => login.again();
  switch (step.name) {
    case "connecting":
      return sheet(step.name, config, codeWords.connecting, login);
    case "code":
      return code(config, step.code, login);
    case "scanned":
      return sheet(
        step.name,
        config,
        step.number ? codeWords.number(step.number) : codeWords.scanned,
        login,
        button(codeWords.cancel, again, "plain"),
      );
    case "approved":
      sheet(step.name, config, words.checking, login);
      return void enter(config, login, step.token);
    case "declined":
      return sheet(step.name, config, step.hadNumber ? words.declinedNumber : words.declined, login, button(codeWords.again, again));
    case "offline":
      return sheet(step.name, config, codeWords.offline, login, button(codeWords.now, again));
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
        h("p", { class: "soft" }, codeWords.title(config.site)),
        h("h1", {}, title),
        h("p", { class: "lead" }, text),
        ...(buttons.length > 0 ? [h("div", { class: "buttons" }, ...buttons)] : []),
      ),
      h("div", { class: "side" }, element),
    ),
  );
}

function code(config: Config, shown: Code, login: Login): void {
  const title = codeWords.title(config.site);
  shell.show(
    { state: "code", title, say: title },
    h(
      "div",
      { class: "sheet", "data-step": "code" },
      h(
        "div",
        { class: "words" },
        h("h1", {}, title),
        h("p", { class: "lead" }, codeWords.lead),
        steps(),
        otherWay(config, shown, (isOpen) => login.type(isOpen)),
      ),
      h("div", { class: "side" }, login.element, onThisPhone(shown, words.same)),
    ),
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
