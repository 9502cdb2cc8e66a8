/** Stands in for `react-native-authsignal`, which needs a phone: the methods of its `qr`, done by the tests' own phone. */

import { Phone, stack } from "./stack.mjs";

const answer = ({ status, body }, data) => (status === 200 ? { data: data(body) } : { error: body.errorDescription, errorCode: body.errorCode });

export class Authsignal {
  #phone = new Phone({ kind: "qr-code" });

  constructor({ tenantID, baseURL }) {
    if (tenantID !== stack.tenantId || baseURL !== stack.apiUrl) throw new Error(`not the stack: ${tenantID}, ${baseURL}`);
  }

  qr = {
    addCredential: async ({ token }) => answer(await this.#phone.add(token), (body) => body),
    claimChallenge: async ({ challengeId }) => answer(await this.#phone.claim(challengeId), (body) => body),
    updateChallenge: async ({ challengeId, approved }) =>
      answer(await this.#phone.decide(challengeId, approved), (body) => body.isVerified),
  };
}
