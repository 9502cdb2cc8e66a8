import { button, h } from "../common/dom.js";
import { icon } from "../common/icons.js";
import { installation } from "./install.js";
import { words } from "./words.js";

interface Ways {
  scan(): void;
  type(): void;
  history(): void;
  devices(): void;
}

/** What a phone shows that is set up and was asked nothing. */
export function homeView(name: string, ways: Ways): Node[] {
  const { home } = words;
  const scan = button("", ways.scan, "main", { "data-testid": "scan" });
  scan.append(icon("camera"), home.scan);
  const tab = (text: string, picture: "list" | "phone", go: () => void, id: string) => {
    const made = button("", go, "plain", { "data-testid": id });
    made.append(icon(picture), text);
    return made;
  };
  return [
    h(
      "section",
      { class: "panel" },
      h("div", { class: "badge" }, icon("check")),
      h("h1", {}, home.title(name)),
      h("p", { class: "soft" }, home.text),
      scan,
      button(home.type, ways.type, "plain", { "data-testid": "type" }),
      installation(home.install, home.keep),
      h(
        "div",
        { class: "tabs" },
        tab(home.history, "list", ways.history, "history"),
        tab(home.devices, "phone", ways.devices, "devices"),
      ),
    ),
  ];
}
