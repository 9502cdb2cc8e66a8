/** ministack, the AWS beside the stack: by the AWS command line, and as the hosts that it serves. */

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { promisify } from "node:util";

const { AWS_ENDPOINT_URL: url, SCANLATCH_AWS: cli, SCANLATCH_EDGE: certificate } = process.env;
if (!url || !cli || !certificate) throw new Error("run this by tests/run openid_ministack, which starts ministack");
const { hostname, port } = new URL(url);

/** What a command answers. Values that are no text become JSON. */
export async function aws(service, command, parameters = {}) {
  const flags = Object.entries(parameters).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (typeof value === "boolean") return [value ? flag : flag.replace("--", "--no-")];
    return [flag, typeof value === "string" ? value : JSON.stringify(value)];
  });
  const { stdout } = await promisify(execFile)(cli, [service, ...command.split(" "), ...flags, "--output", "json"]);
  return stdout.trim() ? JSON.parse(stdout) : {};
}

/** A server behind AWS. Its page is what this header of a request says. */
export async function backend(header) {
  const server = createServer((asked, answer) => answer.end(asked.headers[header]));
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return { port: server.address().port, close: () => server.close() };
}

/** Sends a request to a host of AWS that ministack serves. */
export function send(host, path, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, method, path, headers: { ...headers, host } }, async (response) => {
      const text = (await response.setEncoding("utf8").toArray()).join("");
      resolve({ status: response.statusCode, headers: response.headers, text });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/**
 * What stands on port 443 of AWS's hosts. ministack serves them without TLS, so that a browser that is led there by its proxy meets
 * this. Redirects then name the same URLs as on AWS.
 */
export async function edge() {
  const tls = createTlsServer({ key: readFileSync(certificate), cert: readFileSync(certificate) }, (asked, answer) => {
    const { host, ...headers } = asked.headers;
    const onward = { hostname, port, method: asked.method, path: asked.url, headers: { ...headers, host: `${host}:443` } };
    asked.pipe(request(onward, (said) => said.pipe(answer.writeHead(said.statusCode, said.headers))));
  });
  const proxy = createServer();
  proxy.on("connect", ({ url: to }, socket) => {
    // A browser that ends hangs up.
    socket.on("error", () => socket.destroy());
    // Chromium calls home.
    if (!/[.]amazon(aws|cognito)[.]com:443$/.test(to)) return socket.destroy();
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    return tls.emit("connection", socket);
  });
  await new Promise((resolve) => { proxy.listen(0, "127.0.0.1", resolve); });
  return {
    /** A fresh browser of a person for which AWS is there. */
    async screen(person) {
      const server = `http://127.0.0.1:${proxy.address().port}`;
      return (await person.browser.newContext({ proxy: { server, bypass: "localhost,127.0.0.1" }, ignoreHTTPSErrors: true })).newPage();
    },
    close() {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}
