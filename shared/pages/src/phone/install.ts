import { button, h } from "../common/dom.js";

interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

let offered: InstallEvent | undefined;
let onOffered: (() => void) | undefined;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered = event as InstallEvent;
  onOffered?.();
});

/** The button that installs the page, where the browser offers it, or the advice for Safari, which does not. */
export function installation(text: string, advice: string): HTMLElement {
  const place = h("div", { class: "install" });
  const isInstalled = matchMedia("(display-mode: standalone)").matches;
  const isSafari = /iPhone|iPad/.test(navigator.userAgent) && !isInstalled;
  if (isSafari) place.append(h("p", { class: "soft small" }, advice));
  const fill = () => {
    if (!offered) return;
    const install = button(text, () => void offered?.prompt().then(() => place.replaceChildren()), "quiet");
    place.replaceChildren(install);
  };
  onOffered = fill;
  fill();
  return place;
}
