import { type Make, Screen } from "../screen.js";
import { token } from "../service.js";
import type { World } from "../world.js";

/** Something that a person in front of a screen counts on, whatever the SDK. */
export interface Behaviour {
  name: string;
  run(stage: Stage): Promise<void>;
}

/** A world with one screen in it. */
export class Stage {
  readonly world: World;
  readonly make: Make;
  screen: Screen;

  constructor(world: World, make: Make) {
    this.world = world;
    this.make = make;
    this.screen = new Screen(make);
  }

  get service(): World["service"] {
    return this.world.service;
  }

  /** A screen that shows a code; gives the code. */
  async showing(options: Parameters<Screen["start"]>[0] = {}): Promise<string> {
    this.screen.start(options);
    await this.world.until(() => this.screen.code !== undefined);
    return this.code();
  }

  /** The code that the page was told of last. */
  code(): string {
    if (!this.screen.code) throw new Error("the screen has no code");
    return this.screen.code;
  }

  /** A phone claims the code that is shown. */
  async claim(code = this.code()): Promise<void> {
    mustBe(this.service.claim(code), { status: 200 });
    await this.world.until(() => this.screen.states.includes("claimed"));
  }

  /** A phone approves the code, and the screen hears of it. */
  async approve(code = this.code(), withinMs = 30_000): Promise<void> {
    mustBe(this.service.decide(code, true), { status: 200 });
    await this.approved(code, withinMs);
  }

  async approved(code = this.code(), withinMs = 30_000): Promise<void> {
    await this.world.until(() => this.screen.states.includes("approved"), withinMs);
    mustBe(this.screen.tokens, [token(code)]);
  }

  /** A person logs in with what the screen shows now. */
  async login(): Promise<void> {
    const code = this.code();
    await this.claim(code);
    await this.approve(code);
  }
}

/** A screen whose code grows old, which it does not where this SDK renews it each minute. */
export const OLD = { renewInterval: 540_000 };

export function mustBe(got: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`got ${a} instead of ${b}`);
}
