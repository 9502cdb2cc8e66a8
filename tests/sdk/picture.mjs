/** The picture of a login in README.md: what the demo pages show, side by side. */

const WIDTH = 1280;

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Draws these shots of pages, a PNG and a caption each, into one PNG at `path`. */
export async function drawn(context, path, shots) {
  const figures = shots.map(({ png, caption }) => `<figure>
    <figcaption>${escaped(caption)}</figcaption>
    <img src="data:image/png;base64,${png.toString("base64")}">
  </figure>`);
  const page = await context.newPage();
  await page.setViewportSize({ width: WIDTH, height: 100 });
  await page.setContent(`<!doctype html><style>
    body { margin: 0; padding: 24px; display: flex; gap: 24px; background: #e6ebf1; font: 600 18px system-ui, sans-serif; color: #16202b; }
    figure { margin: 0; flex: 1; }
    figcaption { margin-bottom: 12px; }
    img { display: block; width: 100%; border-radius: 14px; }
  </style>${figures.join("")}`);
  await page.screenshot({ path, fullPage: true });
  await page.close();
}
