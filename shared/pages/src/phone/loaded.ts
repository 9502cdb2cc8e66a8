import { Refusal } from "../common/backend.js";
import { h } from "../common/dom.js";
import { words } from "./words.js";

/** A place that fills once its list is there. What fails is handed on. */
export function loaded<T>(
  load: () => Promise<T>,
  draw: (loaded: T) => Node[],
  fail: (code: string) => void,
): HTMLElement {
  const place = h("div", { class: "list", "aria-busy": "true" }, h("p", { class: "soft" }, `${words.loading} …`));
  load()
    .then((value) => {
      place.removeAttribute("aria-busy");
      place.replaceChildren(...draw(value));
    })
    .catch((error: unknown) => {
      if (place.isConnected) fail(error instanceof Refusal ? error.code : "defect");
      if (!(error instanceof Refusal)) throw error;
    });
  return place;
}

/** A row's buttons, which ask once more before they do what cannot be undone. */
export function confirmed(row: HTMLElement, question: string, yes: Node, no: HTMLButtonElement): void {
  row.replaceChildren(h("p", {}, question), h("div", { class: "buttons" }, no, yes));
  no.focus();
}
