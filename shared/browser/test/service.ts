/**
 * A service for tests: an honest model of the wire, as `infra/asyncapi.yaml` and `infra/openapi.yaml` describe it, with
 * its own clock. It can be made to fail in every way that a deployment and a network can.
 */

import { Connection, type Socket } from "./socket.js";

export const TENANT = "7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64";
const GRACE_MS = 60_000;
const OVERLAP_MS = 30_000;
const LAPSE_MS = 10_000;

type State = "unclaimed" | "claimed" | "approved" | "rejected";

export interface Challenge {
  id: string;
  action: string;
  custom: unknown;
  token: string | undefined;
  /** Only a screen that can come back has one. */
  deviceCode: string | undefined;
  /** Only a screen that asks has one. */
  shortCode: string | undefined;
  socket: Connection | undefined;
  lostAt: number | undefined;
  state: State;
  createdAt: number;
  expiresAt: number;
  approvedAt: number | undefined;
  /** Whether its screen can show a number. */
  showsNumber: boolean;
  /** What the person must type, since a phone has claimed it. */
  number: string | undefined;
  /** Until when the phone that has claimed it must decide. */
  decideBy: number | undefined;
  /** The code that has taken its place on the screen, and until when it can be claimed all the same. */
  renewed: { by: Challenge; until: number } | undefined;
  withdrawn: "challenge_superseded" | "challenge_cancelled" | undefined;
}

/** A refusal, or nothing. */
export type Verdict = { status: number; errorCode?: string };

/** What the two sides can be made to do. */
export class Faults {
  /** `gone`: nothing gets through and calls fail at once; `hanging`: nothing gets through and nobody tells. */
  network: "up" | "gone" | "hanging" = "up";
  /** Whether sockets are refused, as by a proxy that knows none. */
  areSocketsBlocked = false;
  /** Whether every call is answered 503, and no socket opens. */
  isDown = false;
  /** Whether what the service pushes is lost, without its noticing. */
  arePushesLost = false;
  /** How long a push is under way, in milliseconds. */
  pushLatencyMs = 0;
  /** How long a REST call is under way to the service, in milliseconds. */
  callLatencyMs = 30;
  /** Whether sockets open and nothing comes through, as behind a proxy that only claims to know them. */
  areSocketsDeaf = false;
  /** Whether a request to make a challenge never arrives. */
  areCreationsLost = false;
  /** Whether a request to make a challenge is carried out and its answer lost. */
  areCreationsUnheard = false;
}

export class Service {
  readonly faults = new Faults();
  readonly challenges = new Map<string, Challenge>();
  readonly connections = new Set<Connection>();
  /** How many calls came, by kind; a socket's handshake counts as one. */
  readonly calls = { opened: 0, asked: 0, resumed: 0, created: 0, polled: 0 };
  challengeLifetimeMs = 600_000;
  resultLifetimeMs = 600_000;
  /** A URL that the REST create answer tells. */
  socketUrl: string | undefined;
  tellsCreatedAt = false;
  /** Within which time a claim must be decided. */
  decisionMs: number | undefined;
  /** The number that a person must type; none is asked for if absent. */
  number: string | undefined;
  /** How large custom data may be, in characters of JSON. */
  mostCustom = 2_048;
  /** Tokens that are refused. */
  readonly spentTokens = new Set<string>();
  tenants = new Set([TENANT]);
  /** How far its clock is ahead of the screen's, in milliseconds. */
  aheadMs = 0;
  readonly #time: () => number;
  #ids = 0;

  /** `time` is what has really passed. */
  constructor(time: () => number) {
    this.#time = time;
  }

  now(): number {
    return this.#time() + this.aheadMs;
  }

  // Phones

  claim(id: string): Verdict {
    const challenge = this.challenges.get(id);
    if (!challenge) return refused(404, "challenge_not_found");
    if (challenge.state !== "unclaimed") return refused(409, "challenge_already_claimed");
    const problem = this.#openProblem(challenge) ?? this.#shownProblem(challenge) ?? this.#renewedProblem(challenge);
    if (problem) return problem;
    this.#hold(challenge);
    if (!this.#push(challenge, this.#claimTold(challenge)) && !challenge.deviceCode) {
      challenge.withdrawn = "challenge_cancelled";
      return refused(410, "challenge_cancelled");
    }
    return { status: 200 };
  }

  /** Another phone of the same person takes a claimed challenge over. */
  takeOver(id: string, number: string | undefined): void {
    const challenge = this.challenges.get(id);
    if (!challenge) return;
    this.#hold(challenge);
    challenge.number = number;
    this.#push(challenge, this.#claimTold(challenge));
  }

  #hold(challenge: Challenge): void {
    challenge.state = "claimed";
    challenge.number = challenge.showsNumber ? this.number : undefined;
    challenge.decideBy = this.decisionMs === undefined ? undefined : this.now() + this.decisionMs;
    // Of a code and the one that has taken its place only one may be claimed.
    for (const other of this.challenges.values()) {
      if (other.renewed?.by === challenge || challenge.renewed?.by === other) other.withdrawn ??= "challenge_superseded";
    }
  }

  #claimTold({ state, number, decideBy }: Challenge): Record<string, unknown> {
    return {
      state,
      ...(state === "claimed" && number ? { verificationCode: number } : {}),
      ...(state === "claimed" && decideBy ? { decideBy: new Date(decideBy).toISOString() } : {}),
    };
  }

  /** Gives up what nobody has decided in time. */
  #lapse(challenge: Challenge): void {
    const { state, decideBy } = challenge;
    if (state === "claimed" && decideBy !== undefined && this.now() >= decideBy + LAPSE_MS) challenge.state = "rejected";
  }

  decide(id: string, isApproved: boolean): Verdict {
    const challenge = this.challenges.get(id);
    if (!challenge) return refused(404, "challenge_not_found");
    this.#lapse(challenge);
    if (challenge.state === "rejected") {
      this.#push(challenge, { state: "rejected" });
      return refused(410, "challenge_expired");
    }
    if (challenge.state !== "claimed") return refused(409, "challenge_not_claimed");
    const problem = this.#openProblem(challenge);
    if (problem) return problem;
    if (!isApproved) {
      challenge.state = "rejected";
      this.#push(challenge, { state: "rejected" });
      return { status: 200 };
    }
    const isHeard = this.#push(challenge, { state: "approved", accessToken: token(id) });
    if (!isHeard && !challenge.deviceCode && challenge.socket) {
      challenge.withdrawn = "challenge_cancelled";
      return refused(410, "challenge_cancelled");
    }
    challenge.state = "approved";
    challenge.approvedAt = this.now();
    return { status: 200 };
  }

  /** Whether a phone that scans this code could claim it. */
  isClaimable(id: string): boolean {
    const challenge = this.challenges.get(id);
    if (!challenge || challenge.state !== "unclaimed") return false;
    return !this.#openProblem(challenge) && !this.#shownProblem(challenge) && !this.#renewedProblem(challenge);
  }

  // Sockets

  /** A refusal is a status that browsers do not tell. */
  admits(protocols: string[]): boolean {
    return this.#identity(protocols.find((name) => name.startsWith("x.authsignal."))) !== undefined;
  }

  connected(connection: Connection): void {
    this.calls.opened += 1;
    this.connections.add(connection);
  }

  /** The service notices that a socket has gone. */
  left(connection: Connection): void {
    this.connections.delete(connection);
    for (const challenge of this.challenges.values()) {
      if (challenge.socket !== connection) continue;
      if (challenge.deviceCode) challenge.lostAt ??= this.now();
      else challenge.withdrawn ??= "challenge_cancelled";
    }
  }

  /** What a message is answered. */
  heard(connection: Connection, text: string): unknown {
    const { type, data } = JSON.parse(text) as { type: string; data: Record<string, unknown> };
    if (this.faults.isDown) return failure("unavailable");
    const identity = this.#identity(connection.identity);
    if (!identity) return failure("unauthorized");
    if (type === "CREATE_CHALLENGE") {
      if (this.faults.areCreationsLost) return undefined;
      this.calls.asked += 1;
      if (typeof data["actionCode"] !== "string" || this.#isTooLarge(data["custom"])) return failure("invalid_request");
      if (identity.token && this.spentTokens.has(identity.token)) return failure("token_invalid");
      const isOverlap = data["overlap"] === true;
      const shown = [...this.challenges.values()].find((other) => other.socket === connection && !other.renewed && !other.withdrawn);
      if (!isOverlap) this.#supersede((other) => other.socket === connection);
      const challenge = this.#made(data["actionCode"], data["custom"], identity.token, data["resumable"] === true, data["shortCode"]);
      challenge.showsNumber = data["showsNumber"] === true;
      challenge.socket = connection;
      if (isOverlap && shown) {
        if (shown.state === "claimed") challenge.withdrawn = "challenge_superseded";
        else shown.renewed = { by: challenge, until: this.now() + OVERLAP_MS };
      }
      const { deviceCode } = challenge;
      const told = { ...this.#told(challenge), ...short(challenge), state: "unclaimed", ...(deviceCode ? { deviceCode } : {}) };
      return this.faults.areCreationsUnheard ? undefined : { type: "CHALLENGE_CREATED", data: told };
    }
    if (type !== "RESUME_CHALLENGE") return failure("invalid_request");
    this.calls.resumed += 1;
    const challenge = this.challenges.get(String(data["challengeId"]));
    if (!challenge?.deviceCode || challenge.deviceCode !== data["deviceCode"]) return failure("challenge_not_found");
    this.#lapse(challenge);
    const problem = this.#resumeProblem(challenge);
    if (problem) return failure(problem);
    this.#supersede((other) => other.socket === connection && other !== challenge && other.renewed?.by !== challenge);
    challenge.socket = connection;
    challenge.lostAt = undefined;
    const { state, id } = challenge;
    const accessToken = state === "approved" ? { accessToken: token(id) } : {};
    return { type: "CHALLENGE_RESUMED", data: { ...this.#told(challenge), ...this.#claimTold(challenge), ...accessToken } };
  }

  // REST

  /** Status and body of a call. */
  answer(path: string, authorization: string, body: Record<string, unknown>): { status: number; body: unknown } {
    if (this.faults.isDown) return { status: 503, body: failure("unavailable").data };
    const bearer = authorization.startsWith("Bearer ") ? authorization.slice(7) : undefined;
    const tenant = bearer ? undefined : decodeURIComponent(atob(authorization.replace("Basic ", ""))).replace(/:$/, "");
    if (tenant !== undefined && !this.tenants.has(tenant)) return { status: 401, body: failure("unauthorized").data };
    if (path.endsWith("/client/challenge/qr-code")) {
      this.calls.created += 1;
      if (bearer && this.spentTokens.has(bearer)) return { status: 401, body: failure("expired_token").data };
      if (typeof body["action"] !== "string" || this.#isTooLarge(body["custom"])) return { status: 400, body: failure("invalid_request").data };
      const replaces = body["replaces"] as Record<string, unknown> | undefined;
      this.#supersede((other) => other.id === replaces?.["challengeId"] && other.deviceCode === replaces["deviceCode"]);
      const challenge = this.#made(body["action"], body["custom"], bearer, true, body["shortCode"]);
      challenge.showsNumber = body["showsNumber"] === true;
      const { deviceCode } = challenge;
      const socketUrl = this.socketUrl ? { socketUrl: this.socketUrl } : {};
      return { status: 200, body: { ...this.#told(challenge), ...short(challenge), deviceCode, ...socketUrl } };
    }
    this.calls.polled += 1;
    const challenge = this.challenges.get(String(body["challengeId"]));
    if (!challenge?.deviceCode || challenge.deviceCode !== body["deviceCode"]) {
      return { status: 404, body: failure("challenge_not_found").data };
    }
    this.#lapse(challenge);
    if (this.#isExpiredForScreen(challenge)) return { status: 410, body: failure("challenge_expired").data };
    if (isOpen(challenge) && challenge.withdrawn && this.#renewsOther(challenge)) {
      return { status: 410, body: failure(challenge.withdrawn).data };
    }
    if (challenge.lostAt !== undefined && isOpen(challenge)) challenge.lostAt = challenge.socket = undefined;
    const { state, id } = challenge;
    const accessToken = state === "approved" ? { accessToken: token(id) } : {};
    const isConsumed = state === "approved" || state === "rejected";
    const isVerified = state === "approved";
    const { state: _, ...claim } = this.#claimTold(challenge);
    return { status: 200, body: { isClaimed: state !== "unclaimed", isConsumed, isVerified, ...claim, ...accessToken } };
  }

  /** Closes every socket, as a redeployment does. */
  cut(): void {
    for (const connection of [...this.connections]) connection.close();
  }

  /** Every socket goes without a word: nothing gets through any more, and neither side is told. */
  vanish(): void {
    for (const connection of this.connections) connection.vanish();
  }

  #isTooLarge(custom: unknown): boolean {
    return (JSON.stringify(custom) ?? "").length > this.mostCustom;
  }

  #identity(identity: string | undefined): { token: string | undefined } | undefined {
    const [, kind, value] = /^x\.authsignal\.(tenant|token)\.(.+)$/.exec(identity ?? "") ?? [];
    if (kind === "token" && value) return { token: value };
    return kind === "tenant" && this.tenants.has(value ?? "") ? { token: undefined } : undefined;
  }

  #made(action: string, custom: unknown, token: string | undefined, isResumable: boolean, shortCode: unknown): Challenge {
    const number = String((this.#ids += 1)).padStart(12, "0");
    const letters = number.slice(4).replaceAll(/\d/g, (digit) => "BCDFGHJKLM"[Number(digit)] ?? "");
    const challenge: Challenge = {
      id: `00000000-0000-4000-8000-${number}`,
      action,
      custom,
      token,
      deviceCode: isResumable ? `code-${number}` : undefined,
      shortCode: shortCode === true ? `${letters.slice(0, 4)}-${letters.slice(4)}` : undefined,
      socket: undefined,
      lostAt: undefined,
      state: "unclaimed",
      createdAt: this.now(),
      expiresAt: this.now() + this.challengeLifetimeMs,
      approvedAt: undefined,
      showsNumber: false,
      number: undefined,
      decideBy: undefined,
      renewed: undefined,
      withdrawn: undefined,
    };
    this.challenges.set(challenge.id, challenge);
    return challenge;
  }

  #told({ id, createdAt, expiresAt }: Challenge): Record<string, unknown> {
    return {
      challengeId: id,
      expiresAt: new Date(expiresAt).toISOString(),
      ...(this.tellsCreatedAt ? { createdAt: new Date(createdAt).toISOString() } : {}),
    };
  }

  #supersede(which: (challenge: Challenge) => boolean): void {
    for (const challenge of this.challenges.values()) {
      if (which(challenge)) challenge.withdrawn ??= "challenge_superseded";
    }
  }

  #openProblem(challenge: Challenge): Verdict | undefined {
    if (this.now() >= challenge.expiresAt) return refused(410, "challenge_expired");
    return challenge.withdrawn && refused(410, challenge.withdrawn);
  }

  #shownProblem({ lostAt }: Challenge): Verdict | undefined {
    const isLost = lostAt !== undefined && this.now() >= lostAt + GRACE_MS;
    return isLost ? refused(410, "challenge_cancelled") : undefined;
  }

  /** Its time is over, and the one that has taken its place is all that counts. */
  #renewedProblem({ renewed }: Challenge): Verdict | undefined {
    const isOver = renewed !== undefined && this.now() >= renewed.until;
    return isOver ? refused(410, "challenge_superseded") : undefined;
  }

  #renewsOther(challenge: Challenge): boolean {
    return [...this.challenges.values()].some((other) => other.renewed?.by === challenge);
  }

  #resumeProblem(challenge: Challenge): string | undefined {
    if (isOpen(challenge)) return this.#openProblem(challenge)?.errorCode;
    return this.#isExpiredForScreen(challenge) ? "challenge_expired" : undefined;
  }

  #isExpiredForScreen(challenge: Challenge): boolean {
    if (isOpen(challenge)) return this.now() >= challenge.expiresAt;
    return challenge.approvedAt !== undefined && this.now() >= challenge.approvedAt + this.resultLifetimeMs;
  }

  /** Whether the gateway took it; a socket that went without a word still takes messages. */
  #push({ id, socket, lostAt }: Challenge, data: Record<string, unknown>): boolean {
    if (!socket || lostAt !== undefined || !this.connections.has(socket)) return false;
    const message = { type: "STATE_CHANGE", data: { challengeId: id, ...data } };
    if (!this.faults.arePushesLost) setTimeout(() => socket.send(message), this.faults.pushLatencyMs);
    return true;
  }
}

export const token = (id: string): string => `result.of.${id}`;

const short = ({ shortCode }: Challenge): { shortCode?: string } => (shortCode ? { shortCode } : {});

const isOpen = ({ state }: Challenge): boolean => state === "unclaimed" || state === "claimed";

const refused = (status: number, errorCode: string): Verdict => ({ status, errorCode });

function failure(errorCode: string): { type: string; data: Record<string, string> } {
  return { type: "ERROR", data: { error: errorCode, errorCode, errorDescription: `This was refused: ${errorCode}.` } };
}

export type { Socket };
