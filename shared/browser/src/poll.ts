import { type Answer, described, record, refusal } from "./answer.js";
import { type World, Timers } from "./clock.js";
import type { AskedChallenge, ChallengeOptions, ProvenChallenge } from "./options.js";
import { CALL_MS } from "./timing.js";
import { trimmed } from "./urls.js";

type Reader = (answer: Record<string, unknown>) => Answer;

/** The two calls of a screen that polls. A call that is made while another is under way replaces it. */
export class Rest {
  readonly #world: World;
  readonly #baseUrl: string;
  readonly #tenant: string;
  readonly #timers: Timers<"late">;
  #underWay: AbortController | undefined;

  constructor(world: World, baseUrl: string, tenantId: string) {
    this.#world = world;
    this.#baseUrl = trimmed(baseUrl);
    this.#tenant = `Basic ${btoa(encodeURIComponent(tenantId))}`;
    this.#timers = new Timers(world);
  }

  /** Asks for a challenge, the page if that makes them itself. The token's user alone can claim one of the service. */
  async create(
    asked: AskedChallenge,
    token: string | undefined,
    create: ChallengeOptions["create"],
  ): Promise<Answer | undefined> {
    const made: Reader = (answer) => described(answer["challengeId"] ? "created" : "failed", answer);
    const authorization = token ? `Bearer ${token}` : this.#tenant;
    const answer = await this.#call(async (signal) =>
      create
        ? read(await create(asked, signal), made)
        : this.#answer("/client/challenge/qr-code", authorization, asked, made, signal),
    );
    // There is no challenge yet that could be gone.
    return answer?.event === "gone" ? { ...answer, event: "refused" } : answer;
  }

  /** Asks how a challenge stands. The tenant's id is enough, also if a token has made the challenge and expired since. */
  poll(challenge: ProvenChallenge): Promise<Answer | undefined> {
    const { challengeId } = challenge;
    const stands: Reader = (answer) => ({ ...described(standing(answer), answer), challengeId });
    return this.#call((signal) => this.#answer("/client/verify/qr-code", this.#tenant, challenge, stands, signal));
  }

  /** Gives up the call under way. Its answer does not come any more. */
  abort(): void {
    this.#timers.clearAll();
    this.#underWay?.abort();
    this.#underWay = undefined;
  }

  /** What was answered; `undefined` if another call took the place of this one. */
  async #call(ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer | undefined> {
    this.abort();
    const call = new AbortController();
    this.#underWay = call;
    const late = new Promise<never>((_, reject) => this.#timers.set("late", CALL_MS, () => reject(new Error("late"))));
    let answer: Answer;
    try {
      answer = await Promise.race([ask(call.signal), late]);
    } catch {
      answer = { event: "failed" };
    }
    if (this.#underWay !== call) return undefined;
    this.abort();
    return answer;
  }

  async #answer(
    path: string,
    authorization: string,
    body: unknown,
    reader: Reader,
    signal: AbortSignal,
  ): Promise<Answer> {
    const response = await this.#world.fetch(this.#baseUrl + path, {
      method: "POST",
      headers: { Authorization: authorization, "Content-Type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal,
    });
    const answer = read(await response.json().catch(() => undefined), reader);
    return response.ok || answer.errorCode ? answer : { event: "busy" };
  }
}

function read(body: unknown, reader: Reader): Answer {
  const answer = record(body);
  if (answer && "error" in answer) return refusal(answer);
  // Something between page and service has answered, such as the login page of a network.
  return answer ? reader(answer) : { event: "failed" };
}

function standing(answer: Record<string, unknown>): Answer["event"] {
  // Something between page and service may answer with JSON of its own.
  if (typeof answer["isClaimed"] !== "boolean") return "failed";
  if (answer["isVerified"] === true) return "approved";
  if (!answer["isClaimed"]) return "unclaimed";
  return answer["isConsumed"] === true ? "rejected" : "claimed";
}
