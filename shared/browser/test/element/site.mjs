/**
 * A site with the element, and a service that polls reach, both on one origin. The page forbids what a strict page
 * forbids: styles and scripts in the markup, other origins, and markup made by scripts.
 */

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const dist = (name) => readFileSync(new URL(`../../dist/${name}`, import.meta.url));

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const STYLE = `
:root { color-scheme: light dark; background: light-dark(#fff, #0f161d); }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font-family: system-ui, sans-serif; }
scanlatch-qr { margin: 1.5rem; }
scanlatch-qr a { color: light-dark(#1f5fd6, #7aa8ff); }
.brand { --scanlatch-accent: #7a1fa2; --scanlatch-radius: 0; --scanlatch-size: 14rem; }
.brand::part(title) { letter-spacing: .08em; text-transform: uppercase; }
`;

const SCRIPT = `
window.events = [];
document.addEventListener("securitypolicyviolation", (event) => window.events.push({ violation: event.violatedDirective, what: event.blockedURI }));
for (const name of ["scanlatch-state", "scanlatch-token"]) {
  document.addEventListener(name, ({ detail }) => window.events.push({ name, ...detail }));
}
await import("/element.js");
`;

const page = ({ lang, dir, attributes }) => `<!doctype html>
<html lang="${lang}" dir="${dir}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Log in</title>
<link rel="stylesheet" href="/page.css"><script type="module" src="/page.js"></script>
<body>
<scanlatch-qr tenant-id="7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64" base-url="/v1" action="login" polling ${attributes}>
<a slot="no-phone" href="#code">${lang === "de" ? "Kein Handy zur Hand?" : "No phone at hand?"}</a>
</scanlatch-qr>`;

const FILES = {
  "/element.js": ["text/javascript", () => dist("element.js")],
  "/index.js": ["text/javascript", () => dist("index.js")],
  "/page.js": ["text/javascript", () => SCRIPT],
  "/page.css": ["text/css", () => STYLE],
};

const NO_CODE = { error: "unauthorized", errorCode: "unauthorized", errorDescription: "There is no such tenant." };

/** How the service makes an element show each state: what it answers to the n-th request for a code, and to polls. */
export const STATES = {
  connecting: { create: () => undefined },
  code: { create: () => ({ lifeMs: 600_000 }) },
  expiring: { create: (n) => (n === 0 ? { lifeMs: 600_000 } : undefined), attributes: 'refresh-interval="2000"' },
  scanned: { create: () => ({ lifeMs: 600_000 }), poll: { isClaimed: true } },
  approved: { create: () => ({ lifeMs: 600_000 }), poll: { isClaimed: true, isConsumed: true, isVerified: true, accessToken: "a.b.c" } },
  declined: { create: () => ({ lifeMs: 600_000 }), poll: { isClaimed: true, isConsumed: true } },
  offline: { create: () => "cut" },
  expired: { create: (n) => (n === 0 ? { lifeMs: 3_500 } : undefined) },
  error: { create: () => "refuse" },
};

export async function site() {
  const created = new Map();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://site");
    const answer = (status, body) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const [type, read] = FILES[url.pathname] ?? [];
    if (type) {
      response.writeHead(200, { "Content-Type": type });
      return response.end(read());
    }
    const [, state, call] = /^\/(\w+)\/v1\/client\/(challenge|verify)\/qr-code$/.exec(url.pathname) ?? [];
    if (state) {
      const { create, poll = {} } = STATES[state];
      if (call === "verify") return answer(200, { isClaimed: false, isConsumed: false, isVerified: false, ...poll });
      const n = created.get(state) ?? 0;
      created.set(state, n + 1);
      const made = create(n);
      if (made === "cut") return request.socket.destroy();
      if (made === "refuse") return answer(401, NO_CODE);
      if (!made) return undefined;
      let text = "";
      for await (const chunk of request) text += chunk;
      const now = Date.now();
      return answer(200, {
        challengeId: randomUUID(),
        deviceCode: "a-device-code",
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + made.lifeMs).toISOString(),
        ...(JSON.parse(text).shortCode && { shortCode: "WDJB-MJHT" }),
      });
    }
    const { lang = "en", dir = "ltr", attributes = "" } = Object.fromEntries(url.searchParams);
    const shown = url.pathname.slice(1);
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY });
    response.end(page({ lang, dir, attributes: `${attributes} ${STATES[shown]?.attributes ?? ""}` }).replace("/v1", `/${shown}/v1`));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    /** The page on which an element shows a state. */
    url: (state, parameters = {}) => `${origin}/${state}?${new URLSearchParams(parameters)}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
