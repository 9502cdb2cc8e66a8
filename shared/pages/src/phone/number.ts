import { h } from "../common/dom.js";
import { words } from "./words.js";

const LENGTH = 2;

/** The digits in what was typed, whatever keyboard they came from. */
export function digitsIn(typed: string): string {
  // The last four bits of a digit are its value in all of these alphabets.
  const plain = typed.normalize("NFKC").replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15));
  return plain.replace(/\D/g, "").slice(0, LENGTH);
}

export interface NumberField {
  element: HTMLElement;
  /** What was typed, once it is complete. */
  value(): string | undefined;
}

/** Asks for the number that the screen shows. `changed` says whether it is complete, `entered` that the person is done. */
export function numberField(changed: (isComplete: boolean) => void, entered: () => void): NumberField {
  const { number } = words;
  const input = h("input", {
    type: "text",
    id: "number",
    class: "digits",
    inputmode: "numeric",
    pattern: "[0-9]*",
    autocomplete: "off",
    enterkeyhint: "done",
    "aria-describedby": "number-hint",
    "data-testid": "number",
  });
  const value = () => (input.value.length === LENGTH ? input.value : undefined);
  input.addEventListener("input", () => {
    const digits = digitsIn(input.value);
    if (digits !== input.value) input.value = digits;
    changed(value() !== undefined);
  });
  const form = h(
    "form",
    { class: "number", novalidate: true },
    h("label", { for: "number" }, number.label),
    input,
    h("p", { id: "number-hint", class: "small" }, number.hint),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (value() !== undefined) entered();
  });
  return { element: form, value };
}
