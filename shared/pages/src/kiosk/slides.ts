import { h } from "../common/dom.js";
import { foodPicture } from "../common/food.js";
import { words } from "./words.js";

const PICTURES = ["flat-white", "cinnamon-bun", "orange-juice"];

/** What calls people over. The styles move it; where motion is not wanted, the first slide stays. */
export function slides(): HTMLElement {
  return h(
    "div",
    { class: "slides" },
    ...words.slides.map(([title, text], index) =>
      h(
        "div",
        { class: "slide" },
        foodPicture(PICTURES[index] ?? ""),
        h("p", { class: "headline" }, title),
        h("p", { class: "lead" }, text),
      ),
    ),
  );
}
