/** Arrow keys, as on a remote control: the focus goes to what lies next in that direction. */

const DIRECTIONS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const BACK = ["Escape", "GoBack", "BrowserBack", "XF86Back"];

const isSeen = (element: HTMLElement) => element.getClientRects().length > 0;

/** Listens from now on. `back` gives what the Back key does; where it does nothing, the TV leaves the page by it. */
export function listenToDpad(back: () => (() => void) | undefined): void {
  addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type === "text";
    if (BACK.includes(event.key) || (event.key === "Backspace" && !isTyping)) {
      const go = back();
      if (go) event.preventDefault();
      return go?.();
    }
    const direction = DIRECTIONS[event.key];
    if (!direction || (isTyping && direction[1] === 0)) return;
    const next = nearest(direction);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

/** The nearest in that direction; what lies askew counts as further away. */
function nearest([x, y]: [number, number]): HTMLElement | undefined {
  const all = [...document.querySelectorAll<HTMLElement>("button:not(:disabled), a[href], input, summary")].filter(
    isSeen,
  );
  const from = document.activeElement;
  if (!(from instanceof HTMLElement) || !all.includes(from)) return all[0];
  const [a, b] = middle(from);
  const distances = all.flatMap((element): [number, HTMLElement][] => {
    if (element === from) return [];
    const [c, d] = middle(element);
    const [along, across] = x === 0 ? [(d - b) * y, c - a] : [(c - a) * x, d - b];
    return along > 1 ? [[along + 2 * Math.abs(across), element]] : [];
  });
  return distances.sort(([first], [second]) => first - second)[0]?.[1];
}

function middle(element: HTMLElement): [number, number] {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return [(left + right) / 2, (top + bottom) / 2];
}
