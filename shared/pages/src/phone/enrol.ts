import { Refusal } from "../common/backend.js";
import { button, h } from "../common/dom.js";
import { icon } from "../common/icons.js";
import { words } from "./words.js";

interface Enrol {
  /** Whether this browser was set up before and has forgotten it. */
  isLost: boolean;
  /** Whether a code waits for this. */
  isWaiting: boolean;
  name: string;
  go(name: string): Promise<void>;
  fail(code: string, name: string): void;
}

/** Asks whose phone this is. */
export function enrolView({ isLost, isWaiting, name, go, fail }: Enrol): Node[] {
  const { enrol } = words;
  const error = h("p", { id: "name-error", class: "field-error", role: "alert" });
  const input = h("input", {
    type: "text",
    id: "name",
    value: name,
    required: true,
    maxlength: 60,
    autocomplete: "given-name",
    autocapitalize: "words",
    "aria-describedby": "name-error",
    "data-testid": "name",
  });
  const submit = button(enrol.go, () => undefined, "main", { type: "submit", "data-testid": "enrol" });
  const form = h(
    "form",
    { novalidate: true, class: "stack" },
    h("label", { for: "name" }, enrol.name),
    input,
    error,
    submit,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    error.textContent = "";
    const missing = () => {
      error.textContent = enrol.missing;
      input.setAttribute("aria-invalid", "true");
      input.focus();
    };
    if (!/[\p{L}\p{N}]/u.test(input.value)) return missing();
    submit.disabled = true;
    submit.textContent = enrol.busy;
    const given = input.value.trim();
    return void go(given).catch((reason: unknown) => {
      const code = reason instanceof Refusal ? reason.code : "defect";
      submit.disabled = false;
      submit.textContent = enrol.go;
      return code === "invalid_request" ? missing() : fail(code, given);
    });
  });
  return [
    h(
      "section",
      { class: "panel" },
      h("div", { class: "badge" }, icon("key")),
      h("h1", {}, enrol.title),
      ...(isWaiting ? [h("p", { class: "waits" }, enrol.waiting)] : []),
      h("p", { class: "soft" }, isLost ? enrol.lost : enrol.text),
      form,
    ),
  ];
}
