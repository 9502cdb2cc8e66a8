// Polls Lambda's Runtime API and calls the handler, one event after the other.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
//
// The bootstrap of the managed runtime does more: it resolves and loads the handler's module, wraps the console, keeps
// deadlines and supports streams. It also does not come in one bundle with the handler. So this favours Node.

import http from 'node:http';

import { handler } from './claim.mjs';

const API = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(path, method, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    if (body !== undefined) headers['content-length'] = Buffer.byteLength(body);
    const request = http.request(`${API}/${path}`, { agent, method, headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ headers: response.headers, text: Buffer.concat(parts).toString() }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

// A function, because CommonJS knows no `await` outside of one.
async function run() {
  for (;;) {
    const { headers, text } = await call('next', 'GET');
    const awsRequestId = headers['lambda-runtime-aws-request-id'];
    try {
      const context = { awsRequestId, traceId: headers['lambda-runtime-trace-id'] };
      const answer = await handler(JSON.parse(text), context);
      await call(`${awsRequestId}/response`, 'POST', JSON.stringify(answer));
    } catch (error) {
      const { name, message } = error;
      await call(`${awsRequestId}/error`, 'POST', JSON.stringify({ errorType: name, errorMessage: message }));
    }
  }
}

run();
