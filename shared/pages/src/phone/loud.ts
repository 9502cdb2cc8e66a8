import { h } from "../common/dom.js";

/** Marks what is loud in a sentence; no text that people write holds it. */
const MARK = "\u0001";

/** A name that stands out in a sentence. */
export function loud(name: string): string {
  return MARK + name.replaceAll(MARK, "") + MARK;
}

/** The sentence as nodes. */
export function sentence(text: string): (string | HTMLElement)[] {
  return text.split(MARK).map((part, index) => (index % 2 === 1 ? h("strong", {}, part) : part));
}

/** The sentence without its marks. */
export function plain(text: string): string {
  return text.replaceAll(MARK, "");
}
