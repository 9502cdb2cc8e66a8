/**
 * Serves dist with its headers, and plays the service and the example backend on the same origin: `node test/server.mjs
 * [PORT]`. See `play/` for what is played.
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { Api, Refused, tenantId } from "./play/api.mjs";
import { Backend } from "./play/backend.mjs";
import { Provider } from "./play/provider.mjs";
import { answered, listening } from "./play/wire.mjs";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const pages = {
  "/": "index",
  "/login": "login",
  "/kiosk": "kiosk",
  "/tv": "tv",
  "/terminal": "terminal",
  "/phone": "phone",
  "/device": "phone",
  "/sign-in": "sign-in",
  "/sign-out": "sign-out",
  "/signed-out": "signed-out",
};
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
};

/** A server on a free port, with what it plays, and switches to make it fail. */
export async function serve(port = 0) {
  const api = new Api();
  const backend = new Backend(api);
  backend.config.tenantId = tenantId;
  const provider = new Provider(api);
  const played = { api, backend, provider, isBackendDown: false };
  const server = createServer((request, response) => void respond(played, request, response));
  const sockets = listening(api, server);
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    ...played,
    played,
    sockets,
    url: `http://localhost:${server.address().port}/`,
    cut: () => sockets.clients.forEach((socket) => socket.terminate()),
    close() {
      sockets.clients.forEach((socket) => socket.terminate());
      server.closeAllConnections();
      server.close();
    },
  };
}

async function respond(played, request, response) {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname.startsWith("/app/")) return app(response, url);
  if (url.pathname.startsWith("/v1/t/")) return provided(played, request, response, url);
  const isCall = /^\/(v1|demo)\//.test(url.pathname);
  if (!isCall) return file(request, response, url.pathname);
  try {
    const isAsked = request.method === "GET" || request.headers["content-type"] === "application/json";
    if (!isAsked && url.pathname.startsWith("/demo/")) throw new Refused(415, "invalid_request");
    const body = await read(request);
    const { body: answer, cookie } = url.pathname.startsWith("/v1/")
      ? { body: answered(played.api, request, url, body) }
      : demo(played, request, url, body);
    return json(response, 200, answer, cookie);
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error);
    return error instanceof Refused
      ? json(response, error.status, error.body)
      : json(response, 500, new Refused(500, "internal_error").body);
  }
}

/** An application that people are sent back to; tests open it by another origin than the pages'. */
function app(response, { pathname, search }) {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(`<!doctype html><title>App</title><h1>${pathname}${search.replaceAll(/[&<]/g, " ")}</h1>`);
}

/** The OpenID provider's calls: pages speak JSON, and forms are followed by a redirect. */
async function provided({ provider }, request, response, url) {
  try {
    let text = "";
    for await (const part of request) text += part;
    const { status = 200, headers = {}, body } = provider.answered(request, url, text, cookiesOf(request));
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers });
    response.end(body ? JSON.stringify(body) : "");
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error);
    const refused = error instanceof Refused ? error : new Refused(500, "internal_error");
    json(response, refused.status, refused.body);
  }
}

const cookiesOf = (request) =>
  Object.fromEntries((request.headers.cookie ?? "").split(/;\s*/).map((pair) => pair.split("=")));

function demo(played, request, url, body) {
  if (played.isBackendDown) throw new Refused(502, "unavailable");
  const cookies = cookiesOf(request);
  const address = request.socket.remoteAddress?.replace("::ffff:", "");
  return played.backend.answered(
    request.method,
    decodeURIComponent(url.pathname.replace("/demo/", "")),
    body,
    cookies,
    address,
  );
}

async function read(request) {
  let text = "";
  for await (const part of request) text += part;
  try {
    const body = text ? JSON.parse(text) : {};
    if (body && typeof body === "object" && !Array.isArray(body)) return body;
  } catch {
    // Refused below.
  }
  throw new Refused(400, "invalid_request");
}

function json(response, status, body, cookie) {
  response.writeHead(status, {
    "content-type": "application/json",
    "cache-control": "no-store",
    ...(cookie ? { "set-cookie": cookie } : {}),
  });
  response.end(JSON.stringify(body));
}

function file(request, response, path) {
  const name = path in pages ? `${pages[path]}.html` : path.slice(1);
  const full = join(dist, name);
  if (!full.startsWith(dist) || !extname(name) || !existsSync(full)) return response.writeHead(404).end();
  const headers = JSON.parse(readFileSync(join(dist, "headers.json"), "utf8"));
  const content = readFileSync(full);
  const etag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
  const all = { ...headers["*"], ...headers[name], etag, "content-type": types[extname(name)] };
  for (const key of Object.keys(all)) all[key] = all[key].replace(" {connect}", "");
  if (request.headers["if-none-match"] === etag) return response.writeHead(304, all).end();
  response.writeHead(200, all);
  return response.end(content);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve(Number(process.argv[2] ?? 0));
  console.log(url);
}
