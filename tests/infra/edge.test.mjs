// CloudFront's functions as the template has them, over what infra/deploy put into the bucket. The stage `edge` runs this.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";

const read = (variable) => JSON.parse(readFileSync(process.env[variable], "utf8"));
const template = read("EDGE_TEMPLATE");
const bucket = read("EDGE_OBJECTS")["pages-1"];
const dist = fileURLToPath(new URL("../../shared/pages/dist/", import.meta.url));
const headers = JSON.parse(readFileSync(`${dist}headers.json`, "utf8"));
const guide = readFileSync(new URL("../../shared/pages/BACKEND.md", import.meta.url), "utf8");
const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.slice(dist.length).replace(/^\/+/, ""))
  .filter((name) => name !== "headers.json");

/** A function of the template, where the condition HasPages holds or not. */
function edge(name, hasPages = true) {
  let code = template.Resources[name].Properties.FunctionCode;
  if (code["Fn::Sub"]) {
    const [text, names] = code["Fn::Sub"];
    code = text;
    for (const [key, { "Fn::If": [condition, then, otherwise] }] of Object.entries(names)) {
      assert.equal(condition, "HasPages");
      code = code.replaceAll(`\${${key}}`, hasPages ? then : otherwise);
    }
  }
  assert.ok(Buffer.byteLength(code) < 10_240, "CloudFront takes 10 KB");
  return runInNewContext(`"use strict"; ${code}; handler`);
}

function asked(uri, method = "GET", hasPages = true) {
  const answer = edge("EdgePaths", hasPages)({ request: { method, uri, headers: {}, querystring: {} } });
  return answer.statusCode ? { status: answer.statusCode, ...JSON.parse(answer.body) } : answer.uri;
}

/** What a browser gets with an object of the bucket. */
function sent(name, statusCode = 200) {
  const kept = Object.entries(bucket[name].headers).filter(([key]) => /^(x-amz-meta-|content-type$|cache-control$)/.test(key));
  return answered(Object.fromEntries(kept), statusCode);
}

function answered(given, statusCode = 200) {
  const response = { statusCode, headers: Object.fromEntries(Object.entries(given).map(([key, value]) => [key, { value }])) };
  const { headers } = edge("EdgePageHeaders")({ request: {}, response });
  return Object.fromEntries(Object.entries(headers).map(([key, { value }]) => [key, value]));
}

/** What headers.json says of a file, for the deployment of the stage. */
function said(name) {
  const all = { ...headers["*"], ...headers[name] };
  const connect = "wss://login.example.com https://backend.example.com";
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, value.replace("{connect}", connect)]));
}

test("every page has its name, as the guide says", () => {
  const names = guide.match(/^\| (`GET login`[^|]*)/m)[1].match(/(?<=[` ])[a-z-]+(?=`)/g);
  assert.deepEqual(names, ["login", "kiosk", "tv", "terminal", "phone", "sign-in", "sign-out", "signed-out"]);
  for (const name of names) assert.equal(asked(`/${name}`), `/${name}.html`);
  assert.equal(asked("/"), "/index.html");
  assert.equal(asked("/device"), "/phone.html");
});

test("every file of dist is reached by a name or as it is", () => {
  const names = ["login", "kiosk", "tv", "terminal", "phone", "sign-in", "sign-out", "signed-out"];
  const pages = ["/", ...names.map((name) => `/${name}`)].map((name) => asked(name));
  for (const name of files) if (!pages.includes(`/${name}`)) assert.equal(asked(`/${name}`), `/${name}`);
});

const missing = readFileSync(new URL("../../infra/local/src/missing.html", import.meta.url), "utf8");
const browser = { accept: { value: "text/html,application/xhtml+xml,*/*;q=0.8" } };

function opened(uri, querystring = {}, hasPages = true) {
  return edge("EdgePaths", hasPages)({ request: { method: "GET", uri, headers: browser, querystring } });
}

test("a person is told in the local stack's words that an address has no page", () => {
  const { statusCode, headers, body } = opened("/nowhere");
  assert.deepEqual([statusCode, headers["content-type"].value, body], [404, "text/html; charset=utf-8", missing]);
});

test("the page for a missing page may draw itself and do nothing else", () => {
  const hash = createHash("sha256").update(missing.match(/<style>(.*)<\/style>/)[1]).digest("base64");
  const policy = opened("/nowhere").headers["content-security-policy"].value;
  assert.equal(policy, `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors 'none'`);
});

test("a page's address with a slash at its end leads to the page", () => {
  const { statusCode, headers } = opened("/phone/", { c: { value: "1", multiValue: [{ value: "1" }, { value: "2" }] }, d: { value: "x%20y" } });
  assert.deepEqual([statusCode, headers.location.value], [308, "/phone?c=1&c=2&d=x%20y"]);
});

test("without pages, a browser is told in JSON too", () => assert.equal(JSON.parse(opened("/login/", {}, false).body).errorCode, "not_found"));

test("the configuration is a file", () => assert.equal(asked("/demo/config"), "/demo/config"));

test("a HEAD is answered like a GET", () => assert.equal(asked("/login", "HEAD"), "/login.html"));

test("nothing else is asked of the bucket", () => {
  for (const path of ["/nowhere", "/headers.json", "/index", "/login//", "/v2/validate", "/constructor", "/assetsx"])
    assert.deepEqual([path, asked(path).status, asked(path).errorCode], [path, 404, "not_found"]);
});

test("nothing is written to the bucket", () => {
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) assert.equal(asked("/login", method).status, 404);
});

test("a call of a backend that is not there says so", () => {
  for (const method of ["GET", "POST"]) assert.equal(asked("/demo/session", method).errorCode, "no_backend");
});

test("without the pages every path is a 404 that SDKs can read", () => {
  for (const path of ["/", "/login", "/assets/login.js", "/demo/config", "/demo/session"])
    assert.deepEqual([path, asked(path, "GET", false).errorCode], [path, "not_found"]);
});

test("the bucket has the files of dist and the configuration, and no other", () => {
  assert.deepEqual(Object.keys(bucket).sort(), [...files, "demo/config"].sort());
});

test("each file is sent with the headers of headers.json, and no others", () => {
  for (const name of files) {
    const { "content-type": _, ...rest } = sent(name);
    assert.deepEqual([name, rest], [name, said(name)]);
  }
});

test("each file is sent with the type that the guide says", () => {
  const types = {};
  for (const [, endings, kinds] of guide.matchAll(/^\| (`\.[^|]*) \| ([^|]*) \|$/gm)) {
    const values = [...kinds.split(", each")[0].matchAll(/`([^`]*)`/g)].map(([, value]) => value);
    const charset = kinds.includes("charset") ? "; charset=utf-8" : "";
    [...endings.matchAll(/\.(\w+)/g)].forEach(([, ending], at) => (types[ending] = values[at] + charset));
  }
  assert.equal(types.js, "text/javascript; charset=utf-8");
  for (const name of files) assert.deepEqual([name, sent(name)["content-type"]], [name, types[name.split(".").at(-1)]]);
});

test("the configuration is JSON that nobody keeps", () => {
  const { "content-type": type, "cache-control": cache } = sent("demo/config");
  assert.deepEqual([type, cache], ["application/json", "no-store"]);
});

test("the configuration names tenant, API, socket, site and backend", () => {
  assert.deepEqual(read("EDGE_CONFIG"), {
    tenantId: "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063",
    baseUrl: "https://login.example.com/v1",
    socketUrl: "wss://login.example.com/ws-v1-challenge",
    shortCodes: true,
    site: "Cafe Nord",
    backendUrl: "https://backend.example.com/pages/",
  });
});

test("metadata fit into what S3 keeps of an object", () => {
  for (const name of files) {
    const kept = Object.entries(bucket[name].headers).filter(([key]) => key.startsWith("x-amz-meta-"));
    const bytes = kept.reduce((sum, [key, value]) => sum + key.length - "x-amz-meta-".length + value.length, 0);
    assert.ok(bytes < 2048, `${name}: ${bytes} bytes`);
  }
});

test("a file without its policy may do nothing", () => {
  assert.match(answered({ "content-type": "text/html" })["content-security-policy"], /^default-src 'none'/);
});

test("an unchanged file leaves the browser the policy that it has", () => {
  assert.deepEqual(answered({ etag: '"0"' }, 304), { etag: '"0"' });
});

test("the edge asks the bucket only where there are pages", () => {
  const { DistributionConfig: config } = template.Resources.Distribution.Properties;
  assert.deepEqual(config.DefaultCacheBehavior.TargetOriginId, { "Fn::If": ["HasPages", "pages", "http"] });
  const paths = config.CacheBehaviors.map(({ PathPattern: path, TargetOriginId: origin }) => [path, origin]);
  assert.deepEqual(paths, [["/v1/t/*", "http"], ["/v1/*", "http"], ["/ws-v1-challenge", "socket"]]);
});

const policies = Object.entries(template.Resources).filter(([, { Type: type }]) => type === "AWS::CloudFront::OriginRequestPolicy");
const forwarded = Object.fromEntries(policies.map(([name, { Properties: { OriginRequestPolicyConfig: config } }]) => [name, config.HeadersConfig.Headers]));

test("each API's behaviour forwards headers by its own policy", () => {
  const { CacheBehaviors: behaviors } = template.Resources.Distribution.Properties.DistributionConfig;
  const used = Object.fromEntries(behaviors.map(({ PathPattern: path, OriginRequestPolicyId: policy }) => [path, policy.Ref]));
  assert.deepEqual(used, { "/v1/t/*": "EdgeOpenIdRequests", "/v1/*": "EdgeHttpRequests", "/ws-v1-challenge": "EdgeHandshakes" });
  assert.deepEqual(Object.keys(forwarded).sort(), Object.values(used).sort());
});

test("address and place of a caller arrive, whichever API is asked", () => {
  for (const [name, headers] of Object.entries(forwarded))
    for (const part of ["Address", "City", "Country", "Latitude", "Longitude"])
      assert.ok(headers.includes(`CloudFront-Viewer-${part}`), `${name}: ${part}`);
});

test("no policy forwards more headers than CloudFront takes", () => {
  for (const [name, headers] of Object.entries(forwarded)) assert.ok(new Set(headers).size === headers.length && headers.length <= 10, name);
});

test("the edge adds nothing that the functions do not read", () => {
  const code = readFileSync(new URL("../../shared/runtime/src/edge.rs", import.meta.url), "utf8");
  for (const header of Object.values(forwarded).flat().filter((header) => header.startsWith("CloudFront-")))
    assert.ok(code.includes(`"${header.toLowerCase()}"`), header);
});

test("a browser's page and its own words arrive, whichever API is asked", () => {
  const { Headers: cached } = template.Resources.EdgeCachePolicy.Properties.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.HeadersConfig;
  for (const [name, headers] of Object.entries(forwarded)) {
    assert.ok(headers.includes("User-Agent"), name);
    assert.ok([...headers, ...(name === "EdgeHandshakes" ? [] : cached)].includes("Origin"), name);
  }
});
