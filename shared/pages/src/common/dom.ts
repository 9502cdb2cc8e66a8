/** Builds elements. Text from elsewhere only ever goes in as text, so the pages need no HTML parser at all. */

type Child = Node | string | number | undefined | false;

interface Properties {
  [name: string]: string | number | boolean | undefined | ((event: Event) => void);
}

const SVG = "http://www.w3.org/2000/svg";

/** An element. `on…` members are listeners, `true` is an empty attribute, `false` and `undefined` are left out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), properties, children);
}

/** The same for SVG. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  return filled(document.createElementNS(SVG, tag) as SVGElementTagNameMap[Tag], properties, children);
}

function filled<E extends Element>(element: E, properties: Properties, children: Child[]): E {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2).toLowerCase(), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child === undefined || child === false) continue;
    element.append(typeof child === "number" ? String(child) : child);
  }
  return element;
}

/** An element of the page's own HTML. */
export function at(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element ${id}.`);
  return found;
}

/** A button that does one thing. `kind` is how loud it is. */
export function button(
  text: string,
  onClick: () => unknown,
  kind: "main" | "plain" | "quiet" | "danger" = "main",
  properties: Properties = {},
): HTMLButtonElement {
  return h("button", { type: "button", class: `button ${kind}`, onclick: () => void onClick(), ...properties }, text);
}

/** Sets custom properties, which a page's policy allows to scripts and not to attributes. */
export function styled<E extends HTMLElement | SVGElement>(element: E, properties: Record<string, string>): E {
  for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
  return element;
}
