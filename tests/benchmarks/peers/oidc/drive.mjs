// Drives whole device logins (RFC 8628) at login.mjs over HTTP, and prints what they cost it.
//   node drive.mjs [--warmup 50] [--signed-in]
// It prints a line of JSON once it is warm. Then it reads numbers of logins, one a line, and after each it prints another
// line: the CPU of one of these logins. Each login is that of a browser without cookies. With --signed-in all are of one browser, whose user signs in and
// agrees during the warm-up, so the provider asks for nothing but the confirmation of the code.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    warmup: { type: 'string', default: '50' },
    'signed-in': { type: 'boolean', default: false },
  },
});
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

const agent = new http.Agent({ keepAlive: true });
const provider = fork(fileURLToPath(new URL('login.mjs', import.meta.url)), {
  env: { PATH: process.env.PATH, NODE_ENV: 'production' },
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
provider.on('exit', (code) => fail(`the provider ended with ${code}`));
const [{ issuer }] = await once(provider, 'message');

// Of the one browser of --signed-in.
const cookies = new Map();
let requests = 0;

function send(method, path, { form, headers = {} } = {}) {
  requests += 1;
  const body = form && new URLSearchParams(form).toString();
  if (body) {
    headers = { ...headers, 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  }
  return new Promise((resolve, reject) => {
    const request = http.request(new URL(path, issuer), { agent, method, headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() });
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A browser as far as a login needs one: cookies with paths, redirects and forms. */
function browser(cookies) {
  async function visit(method, path, form) {
    const pathname = new URL(path, issuer).pathname;
    const sent = [...cookies.values()].filter(({ scope }) => `${pathname}/`.startsWith(scope.replace(/\/?$/, '/')));
    const cookie = sent.map(({ pair }) => pair).join('; ');
    const answer = await send(method, path, { form, headers: cookie ? { cookie } : {} });
    for (const line of answer.headers['set-cookie'] ?? []) keep(line);
    const location = answer.headers.location;
    return location ? visit('GET', location) : answer;
  }
  function keep(line) {
    const [pair, ...attributes] = line.split('; ');
    const [name, value] = pair.split('=');
    const scope = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
    if (value === '') cookies.delete(`${scope} ${name}`);
    else cookies.set(`${scope} ${name}`, { pair, scope });
  }
  return visit;
}

/** The form of a page, as a browser would send it. */
function fields(page) {
  const inputs = [...page.matchAll(/<input [^>]*name="(\w+)"[^>]*>/g)];
  return Object.fromEntries(inputs.map(([input, name]) => [name, /value="([^"]*)"/.exec(input)?.[1] ?? '']));
}

async function login(number) {
  const client = { client_id: 'screen' };
  const begun = check(await send('POST', '/device/auth', { form: { ...client, scope: 'openid' } }), 200);
  const { device_code, verification_uri_complete } = JSON.parse(begun.text);
  const poll = () => send('POST', '/token', { form: { ...client, grant_type: GRANT_TYPE, device_code } });
  const pending = check(await poll(), 400);
  if (JSON.parse(pending.text).error !== 'authorization_pending') fail(pending.text);

  const visit = browser(options['signed-in'] ? cookies : new Map());
  let page = check(await visit('GET', verification_uri_complete), 200);
  page = check(await visit('POST', '/device', fields(page.text)), 200);
  page = check(await visit('POST', '/device', fields(page.text)), 200);
  const interaction = /action="(\/interaction\/[^"]+)"/.exec(page.text)?.[1];
  if (interaction) page = check(await visit('POST', interaction, { login: `user${number}` }), 200);
  if (page.text !== 'Signed in.') fail(page.text);

  const { access_token, id_token } = JSON.parse(check(await poll(), 200).text);
  if (JSON.parse(Buffer.from(id_token.split('.')[0], 'base64url')).alg !== 'ES256') fail(id_token);
  check(await send('GET', '/me', { headers: { authorization: `Bearer ${access_token}` } }), 200);
}

function check(answer, status) {
  if (answer.status !== status) fail(`${answer.status} instead of ${status}: ${answer.text}`);
  return answer;
}

function fail(why) {
  console.error(why);
  provider.kill();
  process.exit(1);
}

/** The provider's processor time so far, in ms. */
async function cpu() {
  provider.send('usage');
  const [{ cpu }] = await once(provider, 'message');
  return (cpu.user + cpu.system) / 1000;
}

let users = 0;
async function logIn(times) {
  for (let n = 0; n < times; n += 1) await login((users += 1));
}

await logIn(Number(options.warmup));
const { version } = JSON.parse(readFileSync(new URL('node_modules/oidc-provider/package.json', import.meta.url)));
console.log(JSON.stringify({ version }));
for await (const line of createInterface({ input: process.stdin })) {
  const logins = Number(line);
  const before = await cpu();
  requests = 0;
  await logIn(logins);
  console.log(JSON.stringify({ requests: requests / logins, cpuMsPerLogin: ((await cpu()) - before) / logins }));
}
provider.removeAllListeners('exit');
provider.disconnect();
agent.destroy();
