import { type Answer, described, record, refusal } from "./answer.js";
import { type World, Timers } from "./clock.js";
import { OPEN_MS } from "./timing.js";

/** What a line tells. */
export interface Listener {
  opened(): void;
  /** A socket could not be opened. */
  unopened(): void;
  /** The socket in use has closed. `wasOfUse` is whether anything ever came by it. */
  lost(wasOfUse: boolean): void;
  answered(answer: Answer): void;
}

interface Socket {
  ws: WebSocket;
  isOpen: boolean;
  wasOfUse: boolean;
}

/**
 * A screen's line to the service: one socket in use, and for a while a second one that is to take its place. The first
 * is closed only once the second was answered, so no word is missed between the two.
 */
export class Line {
  readonly #world: World;
  readonly #listener: Listener;
  readonly #timers: Timers<"opening">;
  #current: Socket | undefined;
  #next: Socket | undefined;

  constructor(world: World, listener: Listener) {
    this.#world = world;
    this.#listener = listener;
    this.#timers = new Timers(world);
  }

  /** Opens a socket beside the one in use, unless one is being opened. */
  open(url: string, protocols: string[]): void {
    if (this.#next) return;
    let ws: WebSocket;
    try {
      ws = this.#world.socket(url, protocols);
    } catch {
      // The URL is not one, or the page's policy forbids it.
      this.#listener.unopened();
      return;
    }
    const socket: Socket = { ws, isOpen: false, wasOfUse: false };
    this.#next = socket;
    this.#timers.set("opening", OPEN_MS, () => this.#closed(socket));
    ws.onopen = () => {
      this.#timers.clear("opening");
      socket.isOpen = true;
      if (!this.#current) this.#adopt(socket);
      this.#listener.opened();
    };
    ws.onclose = ws.onerror = () => this.#closed(socket);
    ws.onmessage = (message: MessageEvent) => {
      const answer = read(message.data);
      if (!answer) return;
      socket.wasOfUse = true;
      if (socket === this.#next) this.#adopt(socket);
      this.#listener.answered(answer);
    };
  }

  /** Sends on the newest open socket; `false` if there is none. */
  send(message: unknown): boolean {
    const socket = this.#next?.isOpen ? this.#next : this.#current;
    if (!socket) return false;
    try {
      socket.ws.send(JSON.stringify(message));
      return true;
    } catch {
      return false;
    }
  }

  /** Whether anything ever came by the socket in use. */
  get wasOfUse(): boolean {
    return this.#current?.wasOfUse ?? false;
  }

  /** Closes every socket. Nothing more is told of them. */
  close(): void {
    this.#timers.clearAll();
    const [current, next] = [this.#current, this.#next];
    this.#current = this.#next = undefined;
    if (current) release(current);
    if (next) release(next);
  }

  #adopt(socket: Socket): void {
    const before = this.#current;
    this.#current = socket;
    this.#next = undefined;
    if (before) release(before);
  }

  #closed(socket: Socket): void {
    release(socket);
    if (socket === this.#current) {
      this.#current = undefined;
      // The one that is to take its place is there already.
      if (this.#next?.isOpen) this.#adopt(this.#next);
      else this.#listener.lost(socket.wasOfUse);
    } else if (socket === this.#next) {
      this.#timers.clear("opening");
      this.#next = undefined;
      this.#listener.unopened();
    }
  }
}

function release({ ws }: Socket): void {
  ws.onopen = ws.onclose = ws.onerror = ws.onmessage = null;
  try {
    ws.close(1000);
  } catch {
    // It is closed already.
  }
}

/** What a message says; nothing if it is none of the service's. */
function read(text: unknown): Answer | undefined {
  let message: Record<string, unknown> | undefined;
  try {
    message = record(JSON.parse(String(text)));
  } catch {
    return undefined;
  }
  const data = record(message?.["data"]);
  if (!message || !data) return undefined;
  switch (message["type"]) {
    case "CHALLENGE_CREATED":
      return described("created", data);
    case "CHALLENGE_RESUMED":
    case "STATE_CHANGE": {
      const event = STANDINGS[String(data["state"])];
      return event && described(event, data);
    }
    case "ERROR":
      return refusal(data);
    default:
      return undefined;
  }
}

const STANDINGS: Record<string, Answer["event"]> = {
  unclaimed: "unclaimed",
  claimed: "claimed",
  approved: "approved",
  rejected: "rejected",
};
