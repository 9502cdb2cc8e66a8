import { type Config, config, Refusal } from "./backend.js";
import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { refusalWords } from "./refusals.js";
import type { Shell } from "./shell.js";

/** Runs a page once it knows its deployment. What goes wrong on the way is said, with a way on. */
export async function boot(shell: Shell, run: (config: Config) => unknown): Promise<void> {
  try {
    await run(await config());
  } catch (error) {
    if (!(error instanceof Refusal)) {
      setTimeout(() => {
        throw error;
      });
    }
    failed(shell, error instanceof Refusal ? error.code : "defect", () => location.reload());
  }
}

/** Says why a page cannot go on, and offers another try. */
export function failed(shell: Shell, code: string, retry: () => unknown): void {
  const { title, text, again } = refusalWords(code);
  shell.show(
    { state: "failed", title, say: `${title}. ${text}`, isNavigation: true },
    h(
      "section",
      { class: "notice" },
      h("div", { class: "badge warn" }, icon(code === "unreachable" ? "cloud" : "alert")),
      h("h1", {}, title),
      h("p", {}, text),
      button(again, retry),
    ),
  );
}
