// What functions/challenge-claim does for a phone that scanned a code, as a Node team would write it. It makes the same
// checks, the same four calls in two rounds, and writes and answers the same.
//
// Left out is what the benchmark's call does not come to: typed codes, sockets, distance rules, a trusted edge, OpenID
// applications, repeated claims, and the cleaning of texts. Leaving it out favours this function.
//
// `jose` has no place in a claim: phones sign plain text in DER, not a JWS, and node:crypto reads their keys itself.

import { createHash, createPublicKey, randomInt, randomUUID, verify } from 'node:crypto';
import { isIPv4 } from 'node:net';

import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';

const { AWS_LAMBDA_FUNCTION_NAME, DIRECTORY_TABLE, LIVE_TABLE, METRICS_NAMESPACE, STACK_NAME } = process.env;

// One client per process. It keeps its connections alive by itself.
const db = new DynamoDBClient({
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000 },
});

const MAX_BODY_BYTES = 8 * 1024;
const HOUR_MS = 3_600_000;
const GRACE_MS = 60_000;
const OPEN_MS = 120_000;
const MAX_MARKS = 40;
const MAX_OPEN = 5;
const MAX_UNDECIDED = 20;
const MAX_DECLINES = 20;
const MAX_WRONG_CODES = 3;
// How many old marks are left alone until they are deleted, which takes a write.
const OLD_MARKS = 8;
// How long the marks of each set count.
const REMEMBERED_MS = { claims: HOUR_MS, wrongCodes: HOUR_MS, unaskedDeclines: 900_000, declines: HOUR_MS };

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

class Refusal extends Error {
  constructor(status, code) {
    super(code);
    this.status = status;
  }
}

let isCold = true;

export async function handler(event, context) {
  const began = performance.now();
  const call = { metrics: {} };
  const response = await answer(event, call);
  say(event, context, call, response.statusCode, began);
  return response;
}

async function answer(event, call) {
  try {
    return json(200, await claim(event, call));
  } catch (error) {
    call.code = error instanceof Refusal ? error.message : 'unavailable';
    call.metrics[error instanceof Refusal ? 'Refused' : 'Unavailable'] = 1;
    return json(error.status ?? 503, { error: call.code });
  }
}

function json(statusCode, value) {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { statusCode, headers, body: JSON.stringify(value) };
}

async function claim(event, call) {
  const tenantId = callersTenant(event.headers.authorization);
  const request = readRequest(event);
  const { challengeId, thumbprint, r } = verified(request);
  call.challenge = challengeId;

  const now = Date.now();
  const mark = `${now}.${challengeId}.${randomUUID()}`;
  const key = { pk: { S: `T#${tenantId}#K#${thumbprint}` }, sk: { S: 'CREDENTIAL' } };
  const [tenant, credential] = await Promise.all([get(`T#${tenantId}`, 'TENANT'), count(key, mark)]);
  try {
    const settings = checkedSettings(tenant);
    call.tenant = tenantId;
    if (!credential) throw new Refusal(401, 'invalid_credential');
    call.credential = credential.credentialId.S;
    checkConduct(credential, challengeId, now);
    await forgetOld(key, credential, now);

    const by = { user: credential.user.S, credential: credential.credentialId.S };
    const seen = sight(event);
    const decideMs = settings.decisionLifetimeMs ?? 120_000;
    const [challenge, user] = await Promise.all([
      update(tenantId, challengeId, { by, r, seen, decideMs, now }),
      get(`T#${tenantId}#U#${by.user}`, 'USER'),
    ]);
    call.action = challenge.action.S;
    call.outcome = 'claimed';
    call.metrics.Claims = 1;
    return shown(challenge, user, settings);
  } catch (error) {
    // A refused claim does not count.
    if (error instanceof Refusal && credential) await forget(key, { claims: [mark] });
    throw error;
  }
}

/** `Basic` with the tenant's id, percent-encoded or not, with a colon after it or not. */
function callersTenant(authorization = '') {
  const [scheme, encoded = ''] = authorization.trim().split(' ');
  try {
    const name = decodeURIComponent(Buffer.from(encoded, 'base64').toString()).replace(/:$/, '').trim();
    if (scheme.toLowerCase() === 'basic' && UUID.test(name)) return name.toLowerCase();
  } catch {
    // A stray percent sign names nobody.
  }
  throw new Refusal(401, 'unauthorized');
}

function readRequest({ body = '', isBase64Encoded }) {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) throw new Refusal(413, 'body_too_large');
  let request;
  try {
    request = JSON.parse(bytes.toString());
  } catch {
    throw new Refusal(400, 'invalid_request');
  }
  const { challengeId, publicKey, signature } = request ?? {};
  const isShaped =
    [challengeId, publicKey, signature].every((text) => typeof text === 'string') && UUID.test(challengeId.trim());
  if (!isShaped) throw new Refusal(400, 'invalid_request');
  return { scanned: challengeId, spki: decoded(publicKey, 256), signature: decoded(signature, 128) };
}

/** Either alphabet, padded or not. */
function decoded(text, maxLength) {
  const trimmed = text.trim();
  if (trimmed.length > maxLength || !BASE64.test(trimmed)) throw new Refusal(400, 'invalid_request');
  return Buffer.from(trimmed, 'base64');
}

/** The signature is over the id as it was scanned. */
function verified({ scanned, spki, signature }) {
  const key = publicKey(spki);
  if (!verify('sha256', scanned, key, signature)) throw new Refusal(401, 'invalid_credential');
  return {
    challengeId: scanned.trim().toLowerCase(),
    thumbprint: createHash('sha256').update(spki).digest('base64url'),
    r: signatureR(signature),
  };
}

function publicKey(spki) {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    if (key.asymmetricKeyDetails.namedCurve === 'prime256v1') return key;
  } catch {
    // Not a key at all.
  }
  throw new Refusal(400, 'invalid_request');
}

/** The first number of a DER signature, in 32 bytes. The signature is verified, so its form is right. */
function signatureR(der) {
  const number = der.subarray(4, 4 + der[3]);
  const r = Buffer.alloc(32);
  number.subarray(-32).copy(r, Math.max(0, 32 - number.length));
  return r.toString('base64url');
}

async function get(pk, sk) {
  const { Item } = await db.send(
    new GetItemCommand({ TableName: DIRECTORY_TABLE, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true }),
  );
  return Item;
}

/** Counts the claim before it is made, so that claims at once cannot all be the last. Returns the credential. */
async function count(key, mark) {
  try {
    const { Attributes } = await db.send(
      new UpdateItemCommand({
        TableName: DIRECTORY_TABLE,
        Key: key,
        UpdateExpression: 'ADD claims :mark',
        ConditionExpression:
          'attribute_exists(credentialId) AND (attribute_not_exists(claims) OR size(claims) < :most)',
        ExpressionAttributeValues: { ':mark': { SS: [mark] }, ':most': { N: String(MAX_MARKS) } },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return Attributes;
  } catch (error) {
    // A credential whose marks are full is not counted any more.
    if (error instanceof ConditionalCheckFailedException) return error.Item?.credentialId && error.Item;
    throw error;
  }
}

async function forgetOld(key, credential, now) {
  const old = {};
  for (const [name, ms] of Object.entries(REMEMBERED_MS)) {
    const marks = (credential[name]?.SS ?? []).filter((mark) => markedAt(mark) <= now - ms);
    if (marks.length > 0) old[name] = marks;
  }
  if (Object.values(old).flat().length >= OLD_MARKS) await forget(key, old);
}

async function forget(key, marks) {
  const names = Object.keys(marks);
  try {
    await db.send(
      new UpdateItemCommand({
        TableName: DIRECTORY_TABLE,
        Key: key,
        UpdateExpression: `DELETE ${names.map((name) => `${name} :${name}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(credentialId)',
        ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, { SS: marks[name] }])),
      }),
    );
  } catch (error) {
    // The credential was removed meanwhile.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

function checkedSettings(tenant) {
  if (tenant?.status.S !== 'enabled') throw new Refusal(401, 'unauthorized');
  const settings = JSON.parse(tenant.settings.S);
  if (settings.deviceCredentials === false) throw new Refusal(403, 'method_disabled');
  return settings;
}

/** A mark is `milliseconds.challenge.call`. */
function markedAt(mark) {
  return Number(mark.slice(0, mark.indexOf('.')));
}

function checkConduct(credential, challengeId, now) {
  const recent = (name, ms) => (credential[name]?.SS ?? []).filter((mark) => markedAt(mark) > now - ms);
  const others = (ms) => {
    const challenges = new Set(recent('claims', ms).map((mark) => mark.split('.')[1]));
    challenges.delete(challengeId);
    return challenges.size;
  };
  const isCounted = (credential.claims?.SS ?? []).some((mark) => mark.split('.')[1] === challengeId);
  const isPaused =
    recent('wrongCodes', HOUR_MS).length >= MAX_WRONG_CODES ||
    recent('declines', HOUR_MS).length >= MAX_DECLINES ||
    others(OPEN_MS) >= MAX_OPEN ||
    others(HOUR_MS) >= MAX_UNDECIDED;
  if (isPaused || !isCounted) throw new Refusal(429, 'paused');
}

/** What is known of the phone without a trusted edge: the address that API Gateway saw. */
function sight(event) {
  const address = event.requestContext.http.sourceIp;
  return isIPv4(address) ? { address } : undefined;
}

async function update(tenantId, challengeId, { by, r, seen, decideMs, now }) {
  const values = {
    ':now': { N: String(now) },
    ':user': { S: by.user },
    ':credential': { S: by.credential },
    ':spent': { SS: [r] },
    ':code': { S: String(randomInt(10, 100)) },
    ':decideBy': { N: String(now + decideMs) },
    ':claimed': { S: 'claimed' },
    ':unclaimed': { S: 'unclaimed' },
    ':grace': { N: String(now - GRACE_MS) },
  };
  if (seen) values[':seen'] = { S: JSON.stringify(seen) };
  try {
    const { Attributes } = await db.send(
      new UpdateItemCommand({
        TableName: LIVE_TABLE,
        Key: { pk: { S: `T#${tenantId}#C#${challengeId}` }, sk: { S: 'CHALLENGE' } },
        UpdateExpression:
          'SET claimedAt = :now, holderUser = :user, holderCredential = :credential, #spent = :spent, ' +
          `verificationCode = :code, decideBy = :decideBy${seen ? ', seen = :seen' : ''}, #state = :claimed`,
        ConditionExpression:
          '#state = :unclaimed AND expiresAt > :now AND attribute_not_exists(withdrawn) ' +
          'AND (attribute_not_exists(lostAt) OR lostAt > :grace) ' +
          'AND attribute_not_exists(trustedDevice) ' +
          'AND (attribute_not_exists(subject) OR subject = :user) AND attribute_not_exists(successor)',
        ExpressionAttributeNames: { '#state': 'state', '#spent': 'spent' },
        ExpressionAttributeValues: values,
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return Attributes;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw new Refusal(409, 'not_claimable');
    throw error;
  }
}

/** Members that are undefined are not written. */
function shown(challenge, user, settings) {
  const { ipAddress, userAgent, location, origin, told = {} } = JSON.parse(challenge.context.S);
  const action = challenge.action.S;
  const isNear = challenge.sight && challenge.seen && shareAddress(challenge.sight.S, challenge.seen.S);
  const numberEntry = settings.actionRules?.[action]?.numberEntry ?? settings.numberEntry;
  const asksNumber = numberEntry === 'required' || (numberEntry === 'optional' && challenge.showsNumber);
  return {
    success: true,
    ipAddress,
    userAgent,
    location,
    actionCode: action,
    idempotencyKey: challenge.idempotencyKey.S,
    custom: challenge.custom && JSON.parse(challenge.custom.S),
    origin,
    sources: {
      ipAddress: ipAddress && (told.ipAddress ? 'backend' : 'service'),
      location: location && 'service',
      origin: origin && 'service',
      userAgent: userAgent && (told.userAgent ? 'backend' : 'screen'),
      custom: challenge.custom && (challenge.subject ? 'backend' : 'screen'),
    },
    proximity: isNear ? 'sameNetwork' : 'unknown',
    decideBy: new Date(Number(challenge.decideBy.N)).toISOString(),
    verificationCodeRequired: asksNumber ? true : undefined,
    user: { custom: user?.profile && JSON.parse(user.profile.S).custom },
  };
}

function shareAddress(screen, phone) {
  return JSON.parse(screen).address === JSON.parse(phone).address;
}

/** One log line, and one line in CloudWatch's embedded metric format if the call counted anything. */
function say(event, context, call, status, began) {
  const now = new Date();
  const timestamp = now.toISOString();
  const { tenant, challenge, action, credential, outcome, code, metrics } = call;
  console.log(
    JSON.stringify({
      level: 'INFO',
      timestamp,
      message: code ? 'refused' : 'answered',
      function: AWS_LAMBDA_FUNCTION_NAME,
      route: event.routeKey,
      request: context.awsRequestId,
      trace: context.traceId,
      tenant,
      challenge,
      action,
      credential,
      outcome,
      status,
      code,
      duration_ms: Math.floor(performance.now() - began),
    }),
  );
  if (isCold) metrics.ColdStarts = 1;
  isCold = false;
  const names = Object.keys(metrics);
  if (names.length === 0) return;
  const directive = {
    Namespace: METRICS_NAMESPACE || 'Scanlatch',
    Dimensions: [['Stack']],
    Metrics: names.map((Name) => ({ Name, Unit: 'Count' })),
  };
  console.log(
    JSON.stringify({
      level: 'INFO',
      timestamp,
      _aws: { Timestamp: now.getTime(), CloudWatchMetrics: [directive] },
      Stack: STACK_NAME,
      Function: AWS_LAMBDA_FUNCTION_NAME,
      RequestId: context.awsRequestId,
      Status: String(status),
      Code: code,
      Tenant: tenant,
      ...metrics,
    }),
  );
}
