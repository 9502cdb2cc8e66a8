import { type Answer, described, record, refusal } from "./answer.js";
import { type World, Timers } from "./clock.js";
import { CALL_MS } from "./timing.js";
import { trimmed } from "./urls.js";

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

  /** Asks for a challenge; the token's user alone can claim it. `replaces` is the one that the screen shows until now. */
  create(body: { action: string; custom?: unknown; shortCode?: true; replaces?: unknown }, token: string | undefined): Promise<Answer | undefined> {
    return this.#call("/client/challenge/qr-code", token ? `Bearer ${token}` : this.#tenant, body, (answer) =>
      described("created", answer),
    );
  }

  /** Asks how a challenge stands. The tenant's id is enough, also if a token has made the challenge and expired since. */
  poll(challengeId: string, deviceCode: string): Promise<Answer | undefined> {
    return this.#call("/client/verify/qr-code", this.#tenant, { challengeId, deviceCode }, (answer) => ({
      ...described(standing(answer), answer),
      challengeId,
    }));
  }

  /** Gives up the call under way. Its answer does not come any more. */
  abort(): void {
    this.#timers.clearAll();
    this.#underWay?.abort();
    this.#underWay = undefined;
  }

  /** What was answered; `undefined` if another call took the place of this one. */
  async #call(
    path: string,
    authorization: string,
    body: unknown,
    read: (answer: Record<string, unknown>) => Answer,
  ): Promise<Answer | undefined> {
    this.abort();
    const call = new AbortController();
    this.#underWay = call;
    const late = new Promise<never>((_, reject) => this.#timers.set("late", CALL_MS, () => reject(new Error("late"))));
    let answer: Answer;
    try {
      answer = await Promise.race([this.#answer(path, authorization, body, read, call.signal), late]);
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
    read: (answer: Record<string, unknown>) => Answer,
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
    const answer = record(await response.json().catch(() => undefined));
    if (answer && "error" in answer) return refusal(answer);
    if (!response.ok) return { event: "busy" };
    // Something between page and service has answered, such as the login page of a network.
    return answer ? read(answer) : { event: "failed" };
  }
}

function standing(answer: Record<string, unknown>): Answer["event"] {
  // Something between page and service may answer with JSON of its own.
  if (typeof answer["isClaimed"] !== "boolean") return "failed";
  if (answer["isVerified"] === true) return "approved";
  if (!answer["isClaimed"]) return "unclaimed";
  return answer["isConsumed"] === true ? "rejected" : "claimed";
}
