import { config, type Config, Refusal } from "../common/backend.js";
import { codeTexts, codeWords, onThisPhone, otherWay, steps } from "../common/code.js";
import { button, h } from "../common/dom.js";
import { icon } from "../common/icons.js";
import { Login, type Step } from "../common/login.js";
import { codeOf } from "../common/screen.js";
import { Shell } from "../common/shell.js";
import { problem } from "./problems.js";
import { type Application, type Asked, askedBy, Provider } from "./provider.js";
import { words } from "./words.js";

/** How long the page waits before it repeats by itself what may pass, in milliseconds. */
const RETRY_MS = 5_000;

const shell = new Shell("Scanlatch", { hasHood: false, hasHome: false });
/** Who has sent the person here, once the provider has told. */
let application: Application | undefined;
const name = () => application?.name ?? words.application;
const title = () => (application ? codeWords.title(application.name) : words.page);

// Another application may send the person here in the same tab, and a page that comes back has left already.
addEventListener("hashchange", () => location.reload());
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

const asked = askedBy(location.hash);
if (typeof asked === "string") over(asked);
else await persist(async () => begin(await config(), asked));

function begin(deployment: Config, asked: Asked): void {
  const here = { ...deployment, tenantId: asked.tenantId };
  const provider = new Provider(here.baseUrl, asked);
  const login = new Login({
    config: here,
    action: "openid-login",
    texts: codeTexts,
    isTyped: true,
    create: async (wanted, signal) => {
      try {
        const answer = await provider.open(wanted, signal);
        application = answer.application;
        return answer;
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === "unreachable") throw error;
        // No further code would be of use. The SDK would show the one before to its end.
        if (!error.isPassing && error.code !== "challenge_already_decided") end(error.code);
        return { error: error.code, errorCode: error.code, errorDescription: error.message };
      }
    },
    onStep: (step) => draw(here, provider, login, step),
  });
  const end = (code: string) => {
    login.stop();
    over(code);
  };
  login.start();
}

function draw(here: Config, provider: Provider, login: Login, step: Step): void {
  const again = () => login.again();
  const view = (words: readonly string[], ...buttons: Node[]) => sheet(step.name, provider, login, words, ...buttons);
  switch (step.name) {
    case "connecting":
      return view(codeWords.connecting);
    case "code":
      return sheet(
        "code",
        provider,
        login,
        [title(), codeWords.lead],
        onThisPhone(step.code, words.same),
        h("div", { class: "how" }, steps(), otherWay(here, step.code)),
      );
    case "scanned":
      return view(
        step.number ? codeWords.number(step.number) : codeWords.scanned,
        button(codeWords.cancel, again, "plain"),
      );
    case "approved":
      return void persist(() => leave("check", words.approved(name()), () => provider.complete(step.token)));
    case "declined":
      return view(step.hadNumber ? words.declinedNumber : words.declined, button(words.retry, again));
    case "offline":
      return view(codeWords.offline, button(codeWords.now, again));
    case "refused":
      return over(step.errorCode);
    default:
      return (step satisfies never, over("defect"));
  }
}

/** What the page is for, what to do, the code, and the way back. */
function sheet(
  state: string,
  provider: Provider,
  login: Login,
  [heading = "", lead = ""]: readonly string[],
  ...more: Node[]
): void {
  const back = () => {
    login.stop();
    void persist(() => leave("clock", words.leaving(name()), () => provider.deny()));
  };
  shell.show(
    { state, title: title(), say: `${heading}. ${lead}` },
    h(
      "div",
      { class: "sheet", "data-step": state },
      h(
        "div",
        { class: "head" },
        ...(heading === title() ? [] : [h("p", { class: "soft" }, title())]),
        h("h1", {}, heading),
        h("p", { class: "lead" }, lead),
      ),
      h("div", { class: "code" }, login.element),
      h("div", { class: "rest" }, ...more, button(words.back(name()), back, "quiet", { "data-testid": "back" })),
    ),
  );
}

/** Leaves for where the provider says. The address holds a code, so Back must not lead to this page again. */
async function leave(
  picture: "check" | "clock",
  [heading = "", text = ""]: readonly string[],
  ask: () => Promise<string>,
): Promise<void> {
  const onwards = h("a", { class: "button main", hidden: true }, words.go(name()));
  shell.show(
    { state: "leaving", title: title(), say: `${heading}. ${text}`, isNavigation: true },
    h("section", { class: "notice" }, h("div", { class: "badge" }, icon(picture)), h("h1", {}, heading), h("p", {}, text), onwards),
  );
  const to = await ask();
  // A browser may open an app only for somebody who presses something.
  onwards.href = to;
  onwards.hidden = false;
  location.replace(to);
}

/** Does it until it is done or refused for good. What may pass is said, and repeated by itself. */
async function persist(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    const code = codeOf(error);
    if (!(error instanceof Refusal && error.isPassing)) return over(code);
    let isOver = false;
    const again = () => {
      if (!isOver) void persist(run);
      isOver = true;
    };
    setTimeout(again, RETRY_MS);
    tell("failed", code, button(words.retry, again));
  }
}

/** Says why this login cannot go on. */
function over(code: string): void {
  const canGoBack = history.length > 1;
  tell("over", code, ...(canGoBack ? [button(words.goBack, () => history.back(), "plain")] : []));
}

function tell(state: string, code: string, ...buttons: Node[]): void {
  const { name, title, text } = problem(code);
  shell.show(
    { state, title, say: `${title}. ${text}`, isNavigation: true },
    h(
      "section",
      { class: "notice", "data-problem": name },
      h("div", { class: "badge warn" }, icon(name === "network" ? "cloud" : "alert")),
      h("h1", {}, title),
      h("p", {}, text),
      ...buttons,
    ),
  );
}
