import { button, h } from "../common/dom.js";
import { icon } from "../common/icons.js";
import { typed } from "./typed.js";
import { words } from "./words.js";

interface Typing {
  /** Whether the service makes codes of eight letters; without them there are links and ids to paste. */
  hasShortCodes: boolean;
  /** What to say at once: the code that was typed before leads nowhere. */
  isWrong: boolean;
  short(letters: string): unknown;
  scanned(text: string): unknown;
  back(): void;
}

/** Asks for the code that a screen shows beside its QR code. */
export function typingView({ hasShortCodes, isWrong, short, scanned, back }: Typing): HTMLElement[] {
  const { typing } = words;
  const error = h("p", { id: "typed-error", class: "field-error", role: "alert" }, isWrong ? typing.wrong : "");
  const input = h("input", {
    type: "text",
    id: "typed",
    class: hasShortCodes ? "letters" : undefined,
    autocomplete: "off",
    autocapitalize: hasShortCodes ? "characters" : "none",
    autocorrect: "off",
    spellcheck: "false",
    enterkeyhint: "go",
    placeholder: hasShortCodes ? "BCDF-GHJK" : undefined,
    "aria-describedby": "typed-error",
    "aria-invalid": isWrong ? "true" : undefined,
    "data-testid": "typed",
  });
  const say = (text: string) => {
    error.textContent = text;
    input.setAttribute("aria-invalid", "true");
    input.focus();
  };
  const form = h(
    "form",
    { class: "stack", novalidate: true },
    h("label", { for: "typed" }, hasShortCodes ? typing.letters : typing.link),
    input,
    error,
    button(typing.go, () => undefined, "main", { type: "submit", "data-testid": "go" }),
    button(words.back, back, "plain"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    error.textContent = "";
    if (!hasShortCodes) return input.value.trim() ? void scanned(input.value) : say(typing.empty);
    const read = typed(input.value);
    switch (read.kind) {
      case "short":
        return void short(read.letters);
      case "scanned":
        return void scanned(read.text);
      case "sign":
        return say(typing.sign(read.sign));
      case "length":
        return say(typing.length(read.missing));
    }
  });
  return [
    h(
      "section",
      { class: "panel" },
      h("div", { class: "badge" }, icon("key")),
      h("h1", {}, typing.title),
      h("p", { class: "soft" }, hasShortCodes ? typing.text : typing.linkText),
      form,
    ),
  ];
}
