/** The look. Whatever a page may change is a custom property that begins with `--scanlatch-`. */
const CSS = `
:host {
  --_ink: var(--scanlatch-ink, #14202b);
  --_quiet: var(--scanlatch-quiet-ink, #566472);
  --_panel: var(--scanlatch-panel, #eef2f6);
  --_line: var(--scanlatch-line, #d5dde5);
  --_accent: var(--scanlatch-accent, #1f5fd6);
  --_good: var(--scanlatch-good, #0d7a56);
  --_bad: var(--scanlatch-bad, #b3362f);
  --_soon: var(--scanlatch-soon, #b26a00);
  --_radius: var(--scanlatch-radius, 6.5%);
  display: block;
  box-sizing: border-box;
  inline-size: var(--scanlatch-size, min(70vmin, 28rem));
  max-inline-size: 100%;
  color: var(--_ink);
  font: 1rem/1.4 var(--scanlatch-font, system-ui, sans-serif);
  text-align: center;
}
@supports (color: light-dark(red, red)) {
  :host {
    --_ink: var(--scanlatch-ink, light-dark(#14202b, #eaf0f6));
    --_quiet: var(--scanlatch-quiet-ink, light-dark(#566472, #a3b2c1));
    --_panel: var(--scanlatch-panel, light-dark(#eef2f6, #1c2630));
    --_line: var(--scanlatch-line, light-dark(#d5dde5, #34424f));
    --_accent: var(--scanlatch-accent, light-dark(#1f5fd6, #7aa8ff));
    --_good: var(--scanlatch-good, light-dark(#0d7a56, #45c79a));
    --_bad: var(--scanlatch-bad, light-dark(#b3362f, #f2857d));
    --_soon: var(--scanlatch-soon, light-dark(#b26a00, #f0b04f));
  }
}
:host([hidden]), [hidden] { display: none !important; }
.root { container-type: inline-size; }
.frame { position: relative; aspect-ratio: 1; padding: 4.2cqi; box-sizing: border-box; }
.ring { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; }
.track { stroke: var(--_line); }
.left { stroke: var(--_accent); }
[data-state=expiring] .left { stroke: var(--_soon); }
[data-state=scanned] .track { stroke: var(--_accent); }
[data-state=approved] .track { stroke: var(--_good); }
.frame:not([data-timed]) .left { display: none; }
.card {
  position: relative;
  block-size: 100%;
  display: grid;
  place-items: center;
  overflow: hidden;
  border-radius: var(--_radius);
  background: var(--_panel);
}
.card > * { grid-area: 1 / 1; }
.card svg { display: block; }
.code { inline-size: 100%; block-size: 100%; color: var(--scanlatch-code-ink, #0a0f14); background: var(--scanlatch-code-paper, #fff); }
.ghost { inline-size: 100%; block-size: 100%; color: var(--_line); opacity: .55; }
.disc {
  position: relative;
  display: grid;
  place-items: center;
  inline-size: 44%;
  aspect-ratio: 1;
  border-radius: 50%;
  color: var(--_accent);
  background: var(--_panel);
  box-shadow: 0 0 0 3cqi var(--_panel);
}
.disc::before { content: ""; position: absolute; inset: 0; border-radius: inherit; background: currentColor; opacity: .13; }
.number { color: var(--_ink); font-size: 52cqi; font-weight: 700; line-height: 1; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.icon { position: relative; inline-size: 56%; }
[data-state=approved] .disc { color: var(--_good); }
[data-state=declined] .disc, [data-state=error] .disc { color: var(--_bad); }
[data-state=offline] .disc, [data-state=expired] .disc { color: var(--_quiet); }
.below { min-block-size: 9.6em; font-size: clamp(.9375rem, 3.9cqi, 4rem); }
.message { padding-block-start: 1em; outline: none; }
p { margin: 0; text-wrap: balance; }
.title { font-size: 1.4em; font-weight: 650; line-height: 1.25; }
.hint, .soon { margin-block-start: .35em; color: var(--_quiet); }
.soon, [data-state=expiring] .hint { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[data-state=expiring] .soon { position: static; inline-size: auto; block-size: auto; clip-path: none; white-space: normal; }
.short-code { margin-block-start: .8em; color: var(--_quiet); }
.short-code-letters { display: block; color: var(--_ink); font-size: 1.4em; font-weight: 650; letter-spacing: .06em; font-variant-numeric: tabular-nums; white-space: nowrap; }
.reason { margin-block-start: .5em; color: var(--_quiet); font-size: .8em; overflow-wrap: anywhere; }
button {
  margin-block-start: 1em;
  min-block-size: 2.75rem;
  padding: .55em 1.5em;
  border: 1px solid var(--_quiet);
  border-radius: var(--scanlatch-button-radius, 99rem);
  color: var(--_ink);
  background: transparent;
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
button:hover { background: var(--_panel); }
button:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
[data-state=declined] button, [data-state=error] button { border-color: transparent; color: var(--scanlatch-on-accent, Canvas); background: var(--_accent); }
[data-state=declined] button:hover, [data-state=error] button:hover { background: color-mix(in srgb, var(--_accent), var(--_ink) 18%); }
.no-phone { margin-block-start: 1em; }
@media (prefers-reduced-motion: no-preference) {
  .code, .disc, .number { animation: appear .28s ease-out; }
  [data-state=approved] .disc { animation: arrive .42s cubic-bezier(.2, 1.4, .4, 1); }
  [data-state=connecting] .ghost, [data-state=scanned] .track { animation: breathe 2.4s ease-in-out infinite; }
  button { transition: background-color .15s; }
}
@keyframes appear { from { opacity: 0; } }
@keyframes arrive { from { opacity: 0; transform: scale(.7); } }
@keyframes breathe { 50% { opacity: .25; } }
@media (forced-colors: active) {
  .code { forced-color-adjust: none; }
  .card { border: 1px solid CanvasText; }
  .track, [data-state] .track { stroke: GrayText; }
  .left { stroke: Highlight; }
  .ghost { color: GrayText; }
  .disc { color: CanvasText; background: Canvas; box-shadow: none; border: 2px solid; }
  .disc::before { display: none; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** The style sheet, which all elements share. It is made by script because a page may forbid styles in the markup. */
export function styles(): CSSStyleSheet[] {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return [sheet];
}
