import { type Config, config, Refusal } from "./backend.js";
import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { refusalWords } from "./refusals.js";
import { codeOf } from "./screen.js";
import type { Shell } from "./shell.js";

/** How long a page waits before it tries by itself what may pass, in milliseconds. */
const RETRY_MS = 5_000;
/** How long a screen that nobody attends waits before it begins anew, whatever has gone wrong, in milliseconds. */
const ANEW_MS = 60_000;

/**
 * Runs a page once it knows its deployment. What goes wrong on the way is said, with a way on. What may pass is tried
 * again by itself, for a screen may start before its network.
 */
export async function boot(shell: Shell, run: (config: Config) => unknown): Promise<void> {
  try {
    await run(await config());
  } catch (error) {
    const isPassing = error instanceof Refusal && error.isPassing;
    let isOver = false;
    const again = () => {
      if (!isOver) void boot(shell, run);
      isOver = true;
    };
    if (isPassing) setTimeout(again, RETRY_MS);
    failed(shell, codeOf(error), isPassing ? again : () => location.reload());
  }
}

/** Says why a page cannot go on, and offers another try. */
export function failed(shell: Shell, code: string, retry: () => unknown): void {
  const { title, text, again } = refusalWords(code);
  const notice = h(
    "section",
    { class: "notice" },
    h("div", { class: "badge warn" }, icon(code === "unreachable" ? "cloud" : "alert")),
    h("h1", {}, title),
    h("p", {}, text),
    button(again, retry),
  );
  shell.show({ state: "failed", title, say: `${title}. ${text}`, isNavigation: true }, notice);
  if (shell.isUnattended) setTimeout(() => notice.isConnected && location.reload(), ANEW_MS);
}
