// node-oidc-provider with the device flow (RFC 8628), in one process, with its own adapter in memory. drive.mjs starts
// it.
//
// The pages are as small as they can be. Signing in and consenting are one page without a password. Nothing is written to
// a disk or sent over a network. A deployed provider does more, so this favours the peer.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import http from 'node:http';

import Provider from 'oidc-provider';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signing = { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'one' };

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  serve(issuer);
  process.send({ issuer });
});

process.on('message', () => process.send({ cpu: process.cpuUsage() }));
process.on('disconnect', () => process.exit());

function serve(issuer) {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'screen',
        token_endpoint_auth_method: 'none',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [signing] },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: page,
        userCodeConfirmSource: page,
        successSource: (ctx) => page(ctx, 'Signed in.'),
      },
    },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: { AccessToken: 600, DeviceCode: 600, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url.startsWith('/interaction/')) return answer(request, response);
    return interact(provider, request, response).catch(() => response.writeHead(500).end());
  });
}

function page(ctx, form) {
  ctx.body = form;
}

/** The page on which the user signs in and agrees. */
async function interact(provider, request, response) {
  const { params, uid } = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    const form = `<form method="post" action="/interaction/${uid}"><input name="login" value=""/></form>`;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(form);
    return;
  }
  const accountId = new URLSearchParams(await text(request)).get('login');
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function text(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}
