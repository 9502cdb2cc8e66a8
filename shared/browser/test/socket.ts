import type { Service } from "./service.js";

const LATENCY_MS = 30;
const IDLE_MS = 600_000;
const LIFE_MS = 7_200_000;

/** The service's end of a socket, with the gateway's two limits. */
export class Connection {
  readonly identity: string | undefined;
  readonly #service: Service;
  readonly #socket: Socket;
  #isVanished = false;
  #life: ReturnType<typeof setTimeout>;
  #idle: ReturnType<typeof setTimeout>;

  constructor(service: Service, socket: Socket, identity: string | undefined) {
    this.#service = service;
    this.#socket = socket;
    this.identity = identity;
    this.#life = setTimeout(() => this.close(), LIFE_MS);
    this.#idle = setTimeout(() => this.close(), IDLE_MS);
    service.connected(this);
  }

  receive(text: string): void {
    const { network, areSocketsDeaf } = this.#service.faults;
    if (this.#isVanished || areSocketsDeaf || network !== "up") return;
    this.#stay();
    const answer = this.#service.heard(this, text);
    if (answer) this.send(answer);
  }

  send(message: unknown): void {
    if (this.#isVanished || this.#service.faults.network !== "up") return;
    this.#stay();
    setTimeout(() => this.#socket.receive(JSON.stringify(message)), LATENCY_MS);
  }

  /** The service closes it; the screen hears of that unless it has vanished. */
  close(): void {
    this.end();
    if (!this.#isVanished && this.#service.faults.network === "up") this.#socket.closed();
  }

  /** The service has noticed its end. */
  end(): void {
    clearTimeout(this.#life);
    clearTimeout(this.#idle);
    this.#service.left(this);
  }

  vanish(): void {
    this.#isVanished = true;
  }

  #stay(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), IDLE_MS);
  }
}

/** The screen's end: as much of a browser's WebSocket as SDKs use. */
export class Socket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 3;
  static readonly live = new Set<Socket>();
  readonly url: string;
  readyState = 0;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  readonly #service: Service;
  #connection: Connection | undefined;

  constructor(service: Service, isHere: (url: string) => boolean, url: string, protocols: string[]) {
    this.url = url;
    this.#service = service;
    Socket.live.add(this);
    if (service.faults.network === "hanging") return;
    setTimeout(() => {
      if (this.readyState !== 0) return;
      const { network, isDown, areSocketsBlocked } = service.faults;
      if (network === "hanging") return;
      if (network === "gone" || isDown || areSocketsBlocked || !isHere(url) || !service.admits(protocols)) {
        this.readyState = 3;
        Socket.live.delete(this);
        this.onerror?.();
        this.onclose?.();
        return;
      }
      this.readyState = 1;
      this.#connection = new Connection(service, this, protocols.find((name) => name.startsWith("x.")));
      this.onopen?.();
    }, LATENCY_MS);
  }

  send(text: string): void {
    if (this.readyState === 0) throw new Error("the socket is still opening");
    if (this.readyState === 1) setTimeout(() => this.#connection?.receive(text), LATENCY_MS);
  }

  close(): void {
    const wasOpen = this.readyState === 1;
    this.readyState = 3;
    Socket.live.delete(this);
    const connection = this.#connection;
    this.#connection = undefined;
    // The other side hears of it only over a network.
    if (wasOpen && connection && this.#service.faults.network === "up") connection.end();
  }

  receive(text: string): void {
    if (this.readyState === 1) this.onmessage?.({ data: text });
  }

  closed(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    Socket.live.delete(this);
    this.#connection = undefined;
    this.onclose?.();
  }
}
