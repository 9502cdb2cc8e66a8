import type { Answer } from "./answer.js";
import { Backoff } from "./backoff.js";
import { Stopwatch, Timers, type World } from "./clock.js";
import { Code, type Skew } from "./code.js";
import { Codes } from "./codes.js";
import { type Effect, type Event, type State, step } from "./machine.js";
import type { ChallengeOptions, ChallengeResponse, Status } from "./options.js";
import { Page } from "./page.js";
import type { Rest } from "./poll.js";
import { Line } from "./socket.js";
import {
  ANSWER_MS,
  atLeast,
  BUSY_MS,
  FIRST_PROBE_MS,
  FIRST_WAIT_MS,
  GRACE_MS,
  LEAST_RENEW_MS,
  POLL_MS,
  PROBE_MS,
  QUIET_CLAIMED_MS,
  QUIET_MS,
  REFRESH_MS,
  RENEW_MS,
  RETIRE_MS,
  UNREACHABLE_MS,
} from "./timing.js";
import { Wake } from "./wake.js";

/** What a session needs of the SDK around it. */
export interface Surroundings {
  world: World;
  rest: Rest;
  skew: Skew;
  /** Where the socket is, if anybody knows. */
  socketUrl(): string | undefined;
  /** The service has told where it is; whether that is news. */
  learn(socketUrl: string): boolean;
  /** The token of a tracked action, if the page has set one. */
  token(): string | undefined;
  tenantId: string;
}

type Reach = Exclude<Status["state"], "expired">;
type Timer = "answer" | "check" | "due" | "expired" | "grace" | "poll" | "probe" | "retire" | "retry";

/** One screen's logins: carries out what the table of `machine.ts` says. */
export class Session {
  readonly #around: Surroundings;
  readonly #timers: Timers<Timer>;
  readonly #line: Line;
  readonly #wake: Wake;
  readonly #retries: Backoff;
  readonly #probes: Backoff;
  readonly #queue: [Event, Answer | undefined][] = [];

  #state: State = "idle";
  readonly #page = new Page();
  readonly #codes = new Codes();
  /** The code that the socket was last asked about. */
  #resumed: string | undefined;
  /** Whether the page has asked for the next code. */
  #isWanted = false;
  /** Counts the page's requests, so that one that comes while a code is under way is not lost. */
  #requests = 0;
  #asked: { request: number; age: Stopwatch; isOverlap: boolean };
  /** Sockets in a row that were of no use. */
  #useless = 0;
  /** Whose the open socket is. */
  #identity = "";
  #heard: Stopwatch;
  #wasOnSocket = false;
  #isRunning = false;
  #reach: Reach = "connecting";

  constructor(around: Surroundings) {
    this.#around = around;
    const { world } = around;
    this.#timers = new Timers(world);
    this.#heard = new Stopwatch(world);
    this.#asked = { request: 0, age: this.#heard, isOverlap: false };
    this.#retries = new Backoff(world, FIRST_WAIT_MS);
    this.#probes = new Backoff(world, FIRST_PROBE_MS);
    this.#line = new Line(world, {
      opened: () => this.#opened(),
      unopened: () => this.#unopened(),
      lost: (wasOfUse) => this.#lost("lost", wasOfUse),
      answered: (answer) => this.#hear(answer, true),
    });
    this.#wake = new Wake(world, () => this.#happen("wake"), () => this.#slept());
  }

  /** Shows a first code, or the next one with other options. */
  challenge(options: ChallengeOptions): Promise<ChallengeResponse> {
    this.#page.options = { ...options };
    if (this.#state !== "idle" && this.#state !== "stopped") return this.#request("refresh", true);
    this.#codes.forget();
    return this.#request("start", true);
  }

  /** Shows the next code. Throws if `challenge` was not called, or `disconnect` was since. */
  refresh(custom: Record<string, unknown> | undefined): Promise<ChallengeResponse> {
    if (this.#state === "idle") throw new Error("challenge() must be called before refresh()");
    if (custom) this.#page.options = { ...this.#page.options, custom };
    return this.#request("refresh", false);
  }

  get #code(): Code | undefined {
    return this.#codes.current;
  }

  disconnect(): void {
    this.#happen("stop");
  }

  #request(event: Event, isFirst: boolean): Promise<ChallengeResponse> {
    const response = this.#page.wait(isFirst);
    this.#requests += 1;
    this.#isWanted = true;
    this.#happen(event);
    return response;
  }

  /** Feeds the table. What happens while an effect is carried out waits for its end. */
  #happen(event: Event, answer?: Answer): void {
    this.#queue.push([event, answer]);
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const [event, answer] = next;
      const found = step(this.#state, event);
      if (event === "refused") this.#giveUp(answer?.error ?? event, answer?.errorCode ?? event);
      if (found) {
        const [state, ...effects] = found;
        this.#state = state;
        for (const effect of effects) this.#carryOut(effect, event, answer);
      }
      this.#arm();
      this.#tellStatus();
    }
    this.#isRunning = false;
  }

  #carryOut(effect: Effect, event: Event, answer: Answer | undefined): void {
    switch (effect) {
      case "open":
        return this.#open();
      case "hangUp":
        return this.#line.close();
      case "ask":
        return this.#ask();
      case "resume":
        return this.#resume();
      case "create":
        return this.#create();
      case "poll":
        return this.#poll();
      case "wait": {
        const longest = event === "busy" ? BUSY_MS : UNREACHABLE_MS;
        const ms = this.#retries.next(longest);
        // One failure is passed over: sockets are closed, and the next is open in a moment.
        this.#reach = this.#retries.failures > 1 ? "offline" : "connecting";
        return this.#timers.set("retry", ms, () => this.#happen("retry"));
      }
      case "probe":
        if (this.#page.options.polling || !this.#around.socketUrl()) return;
        return this.#timers.set("probe", this.#probes.next(PROBE_MS), () => this.#happen("probe"));
      case "show":
        return this.#show(answer ?? { event: "created" });
      case "drop":
        if (this.#code) this.#code.isGone = true;
        return;
      case "doubt":
        if (this.#code && this.#asked.isOverlap) this.#code.fade(this.#asked.age);
        else if (this.#code) this.#code.isDoubtful = true;
        return;
      case "tell":
        return this.#tell(answer);
      case "finish":
        this.#free();
        this.#codes.forget();
        this.#giveUp("The user has decided before the code was replaced.", "challenge_already_decided");
        return event === "approved" ? this.#page.reach(event, answer?.token) : this.#page.reach("rejected");
      case "refuse":
        this.#free();
        if (this.#code) this.#code.isGone = true;
        return this.#page.tell({ state: "expired", error: answer?.error ?? event, errorCode: answer?.errorCode ?? event });
      case "end":
        this.#free();
        this.#codes.forget();
        return this.#giveUp("The page has disconnected.", "disconnected");
    }
  }

  // Sockets

  #open(): void {
    this.#wake.start();
    const url = this.#page.options.polling ? undefined : this.#around.socketUrl();
    const isNeeded = this.#state === "connecting" || this.#state === "reconnecting";
    const isMadeElsewhere = this.#state === "connecting" && this.#page.options.create;
    if (!url || isMadeElsewhere || (isNeeded && this.#useless >= 2)) return this.#happen("blocked");
    this.#identity = this.#whose();
    this.#line.open(url, ["authsignal-ws", this.#identity]);
  }

  #whose(): string {
    const token = this.#around.token();
    return token ? `x.authsignal.token.${token}` : `x.authsignal.tenant.${this.#around.tenantId}`;
  }

  #opened(): void {
    const jitter = 1 - this.#around.world.random() * 0.05;
    this.#timers.set("retire", RETIRE_MS * jitter, () => this.#retire());
    this.#happen("opened");
  }

  #retire(): void {
    // Again if the next one cannot be opened.
    this.#timers.set("retire", 60_000, () => this.#retire());
    this.#happen("retire");
  }

  #unopened(): void {
    this.#useless += 1;
    this.#happen(this.#useless >= 2 ? "blocked" : "unopened");
  }

  #lost(event: "lost" | "silent", wasOfUse: boolean): void {
    if (!wasOfUse) this.#useless += 1;
    if (this.#reach === "online") this.#reach = "connecting";
    this.#happen(event);
  }

  #slept(): void {
    this.#around.skew.forget();
    this.#retries.reset();
    this.#probes.reset();
    if (this.#reach === "online") this.#reach = "connecting";
    this.#happen("slept");
  }

  #send(type: string, data: Record<string, unknown>): void {
    if (!this.#line.send({ type, data })) return this.#happen("lost");
    this.#timers.set("answer", ANSWER_MS, () => this.#lost("silent", this.#line.wasOfUse));
  }

  #ask(): void {
    if (this.#page.options.create) return this.#happen("elsewhere");
    if (this.#page.options.polling || this.#identity !== this.#whose()) {
      // The page has chosen to poll, or has set another token, since the socket was opened.
      this.#line.close();
      return this.#happen("lost");
    }
    const { action: actionCode, custom } = this.#page.options;
    const code = this.#code;
    // Whoever wants another code wants this one gone.
    const isOverlap = !this.#isWanted && code?.proof !== undefined && !code.isGone && !code.isClaimed;
    this.#begin(isOverlap);
    const overlap = isOverlap ? { overlap: true } : {};
    const asked = { challengeType: "QR_CODE", actionCode, custom, resumable: true, ...this.#extra(), ...overlap };
    this.#send("CREATE_CHALLENGE", asked);
  }

  #resume(): void {
    const proof = this.#code?.proof;
    if (!proof) return this.#happen("gone");
    // A poll's answer would be taken for the socket's.
    this.#around.rest.abort();
    this.#resumed = proof.challengeId;
    this.#send("RESUME_CHALLENGE", { ...proof });
  }

  // REST

  #create(): void {
    this.#begin();
    const { action, custom, create } = this.#page.options;
    const replaces = this.#code?.isGone ? undefined : this.#code?.proof;
    const asked = { action, ...(custom && { custom }), ...this.#extra(), ...(replaces && { replaces }) };
    void this.#around.rest
      .create(asked, this.#around.token(), create)
      .then((answer) => answer && this.#hear(answer, false));
  }

  #poll(): void {
    this.#timers.clear("poll");
    const code = this.#code;
    if (!code?.proof) return this.#happen("failed");
    void this.#around.rest.poll(code.proof).then((answer) => {
      if (!answer || code !== this.#code) return;
      this.#hear(answer, false);
      if (this.#state === "polling" || this.#state === "held") {
        this.#timers.set("poll", atLeast(250, this.#page.options.pollInterval, POLL_MS), () => this.#poll());
      }
    });
  }

  /** What only some pages ask for. Who does not ask sends what the official SDK sends. */
  #extra(): { shortCode?: true; showsNumber?: true } {
    const { shortCode, onVerificationCode } = this.#page.options;
    return { ...(shortCode && { shortCode }), ...(onVerificationCode && { showsNumber: true }) };
  }

  // Answers

  #begin(isOverlap = false): void {
    this.#asked = { request: this.#requests, age: new Stopwatch(this.#around.world), isOverlap };
  }

  #hear(answer: Answer, isOnSocket: boolean): void {
    const { event, challengeId } = answer;
    if (event !== "failed" && event !== "busy") {
      this.#retries.reset();
      this.#reach = isOnSocket ? "online" : "polling";
      if (isOnSocket) {
        this.#useless = 0;
        this.#probes.reset();
        this.#heard = new Stopwatch(this.#around.world);
        this.#timers.clear("check", "grace");
      }
    }
    switch (event) {
      case "created":
        if (!challengeId) return this.#happen("failed");
        if (answer.socketUrl && this.#around.learn(answer.socketUrl)) this.#useless = 0;
        break;
      case "gone":
        // It may be about another code than the one that counts by now.
        if (isOnSocket && this.#resumed !== this.#code?.challengeId) return;
        if (this.#code && answer.errorCode === "challenge_expired") this.#around.skew.isPast(this.#code.expiresAt);
        if (!this.#isWanted && this.#codes.yielded(answer)) return this.#happen("yielded");
        break;
      case "approved":
        if (!this.#codes.wasApproved(answer)) return;
        break;
      case "unclaimed":
      case "claimed":
      case "rejected": {
        if (!this.#codes.concerned(answer)) return;
        const code = this.#code;
        if (!code) return;
        // Nobody has decided in time; a refusal would have been told before.
        if (event === "rejected") return this.#happen(code.isLapsed() ? "gone" : event, answer);
        this.#around.skew.isAhead(code.expiresAt);
        return this.#happen(this.#standing(code, event, isOnSocket), answer);
      }
    }
    if (event !== "failed" || !isOnSocket) this.#happen(event, answer);
  }

  /** How an open code stands for the table: it is stale if the next one is wanted, or due and nobody has claimed this. */
  #standing(code: Code, event: "unclaimed" | "claimed", isOnSocket: boolean): Event {
    this.#wasOnSocket = isOnSocket;
    // A poll does not tell that the code was replaced by one whose answer was lost.
    if (isOnSocket) code.isDoubtful = false;
    if (isOnSocket) code.unfade();
    if (this.#isWanted || code.isDoubtful) return "stale";
    code.isHidden = false;
    // States only go forward; one that goes back came late.
    if (event === "claimed" || code.isClaimed) return "claimed";
    return code.isFading || this.#untilDue(code) === 0 ? "stale" : "unclaimed";
  }

  #show(answer: Answer): void {
    const { age, isOverlap } = this.#asked;
    const interval = atLeast(1_000, this.#page.options.refreshInterval, REFRESH_MS);
    const code = new Code(answer, age, interval, this.#around.skew);
    this.#codes.replace(code, age, isOverlap);
    this.#wasOnSocket = this.#reach === "online";
    this.#isWanted = this.#requests !== this.#asked.request;
    if (this.#isWanted) return this.#happen("refresh");
    this.#page.show(code.shown);
  }

  #tell(answer: Answer | undefined): void {
    const code = this.#code;
    if (!code) return;
    const before = code.verificationCode;
    if (answer?.event === "claimed") code.learn(answer);
    const isFirst = !code.isClaimed;
    code.isClaimed = true;
    if (isFirst) {
      this.#codes.settle();
      this.#tellStatus();
    }
    if (code.verificationCode !== before) this.#page.number(code.verificationCode);
    if (isFirst) this.#page.reach("claimed");
  }

  /** Nobody waits for a code any more. What the page wanted in vain is forgotten; what was due in vain stays refused. */
  #giveUp(error: string, errorCode: string): void {
    if (this.#code && !this.#isWanted) this.#code.isLast = true;
    if (this.#code && this.#isWanted) this.#page.restore();
    this.#isWanted = false;
    this.#page.settle({ error, errorCode });
  }

  // Time

  /** How long until the next code is due. Codes are renewed sooner where the one before can still be claimed after that. */
  #untilDue(code: Code): number {
    const { renewInterval, shortCode, create } = this.#page.options;
    const isPaused = shortCode || create || !code.deviceCode || !this.#wasOnSocket || !this.#around.world.isVisible();
    return code.untilDue(isPaused ? Infinity : atLeast(LEAST_RENEW_MS, renewInterval, RENEW_MS));
  }

  /** Sets the timers that belong to the state, and ends those that do not. */
  #arm(): void {
    const [timers, state, code] = [this.#timers, this.#state, this.#code];
    const isIn = (...states: State[]) => states.includes(state);
    const isOnLine = isIn("showing", "claimed", "resuming", "renewing", "asking");
    if (!isIn("asking", "resuming", "renewing")) timers.clear("answer");
    if (!isIn("waiting", "away")) timers.clear("retry");
    if (!isIn("polling", "held")) timers.clear("probe", "poll");
    if (!isOnLine) timers.clear("retire");
    if (!isIn("showing", "claimed")) timers.clear("check");
    else if (!timers.has("check") && code?.deviceCode) {
      const quiet = state === "claimed" ? QUIET_CLAIMED_MS : QUIET_MS;
      timers.set("check", quiet, () => this.#happen("check"));
    }
    timers.clear("due", "expired");
    if (!code || code.isGone || isIn("idle", "stopped")) return timers.clear("grace");
    if (state === "showing" && !code.isLast) timers.set("due", this.#untilDue(code), () => this.#happen("due"));
    if (code.remaining() > 0) timers.set("expired", code.remaining(), () => this.#happen("expired"));
    if (!this.#wasOnSocket || !code.deviceCode) return timers.clear("grace");
    if (!code.isHidden && !timers.has("grace")) {
      timers.set("grace", GRACE_MS - this.#heard.elapsed(), () => {
        code.isHidden = true;
        this.#tellStatus();
      });
    }
  }

  #free(): void {
    this.#timers.clearAll();
    this.#line.close();
    this.#around.rest.abort();
    this.#wake.stop();
    this.#retries.reset();
    this.#probes.reset();
    this.#reach = "connecting";
    this.#useless = 0;
    this.#page.forget();
  }

  #tellStatus(): void {
    if (this.#state === "idle" || this.#state === "stopped") return;
    const code = this.#code;
    if (!code) return this.#page.tell({ state: this.#reach });
    const state = code.isShowable() ? this.#reach : "expired";
    const nextMs = code.isClaimed ? Infinity : this.#untilDue(code);
    this.#page.tell({ state, ...code.shown, remainingMs: code.remaining(), ...(nextMs < Infinity && { nextMs }) });
  }
}
