/** A browser's world for tests, on fake timers: time passes only when a test says so. */

import { vi } from "vitest";

import { Service } from "./service.js";
import { Socket } from "./socket.js";

export const BASE_URL = "https://login.example/v1";
const LATENCY_MS = 30;
/** A moment at which all promises have come to rest, however many they are. */
declare function setImmediate(then: () => void): void;
const rest = setImmediate;

/** Counts who listens, so that a test sees a leak. */
class Target extends EventTarget {
  listeners = 0;
  override addEventListener(type: string, listener: EventListener): void {
    this.listeners += 1;
    super.addEventListener(type, listener);
  }
  override removeEventListener(type: string, listener: EventListener): void {
    this.listeners -= 1;
    super.removeEventListener(type, listener);
  }
}

class Page extends Target {
  visibilityState = "visible";
  cookie = "";
  readonly location = { hostname: "shop.example", protocol: "https:" };
}

export class World {
  readonly window = Object.assign(new Target(), { btoa });
  readonly document = new Page();
  readonly service: Service;
  readonly storage = new Map<string, string>();
  /** Where sockets are served. */
  socketUrls = new Set(["wss://login.example/ws-v1-challenge"]);
  /** What a failed call says. */
  fetchFailure = "Failed to fetch";
  #slept = 0;

  constructor() {
    vi.useFakeTimers({
      now: Date.parse("2026-11-24T10:00:00.000Z"),
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
    });
    const [now, began] = [Date.now(), performance.now()];
    this.service = new Service(() => now + performance.now() - began + this.#slept);
    const { service, storage } = this;
    const isHere = (url: string) => this.socketUrls.has(url);
    vi.stubGlobal("window", this.window);
    vi.stubGlobal("location", this.document.location);
    vi.stubGlobal("document", this.document);
    vi.stubGlobal("WebSocket", class extends Socket {
      constructor(url: string, protocols: string[]) {
        super(service, isHere, url, protocols);
      }
    });
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => this.#fetch(url, init));
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => storage.set(key, value),
    });
  }

  end(): void {
    vi.clearAllTimers();
    vi.useRealTimers();
    vi.unstubAllGlobals();
    Socket.live.clear();
  }

  /** What there is to leak. */
  get load(): { listeners: number; sockets: number; timers: number } {
    const listeners = this.window.listeners + this.document.listeners;
    return { listeners, sockets: Socket.live.size, timers: vi.getTimerCount() };
  }

  /** Lets time pass on every clock. */
  async pass(ms: number, each?: () => void): Promise<void> {
    let isOver = false;
    setTimeout(() => (isOver = true), ms);
    await settle();
    while (!isOver) {
      vi.advanceTimersToNextTimer();
      await settle();
      each?.();
    }
  }

  /** Lets time pass until something holds; fails after `ms`. */
  async until(holds: () => boolean, ms = 30_000): Promise<void> {
    for (let passed = 0; passed < ms && !holds(); passed += 50) await this.pass(50);
    if (!holds()) throw new Error(`this did not come true within ${ms} ms: ${holds}`);
  }

  /** The machine sleeps: the service's time goes on, no timer fires, and only the clock on the wall shows it. */
  async sleep(ms: number): Promise<void> {
    // The network forgets a socket that is silent for half a minute.
    if (ms > 30_000) {
      this.service.vanish();
      for (const connection of [...this.service.connections]) connection.end();
    }
    this.#slept += ms;
    vi.setSystemTime(Date.now() + ms);
    await settle();
  }

  /** The network is gone for a while, and all sockets with it. */
  async outage(ms: number, network: "gone" | "hanging" = "gone", each?: () => void): Promise<void> {
    this.service.faults.network = network;
    this.service.vanish();
    const noticed = setTimeout(() => [...this.service.connections].forEach((connection) => connection.end()), 60_000);
    await this.pass(ms, each);
    clearTimeout(noticed);
    for (const connection of [...this.service.connections]) connection.end();
    this.service.faults.network = "up";
  }

  /** The browser says that there is a network again. */
  online(): void {
    this.window.dispatchEvent(new Event("online"));
  }

  /** Somebody sets the clock on the wall. */
  setWall(byMs: number): void {
    vi.setSystemTime(Date.now() + byMs);
  }

  async #fetch(url: string, { headers, body, signal }: RequestInit): Promise<unknown> {
    const { faults } = this.service;
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(new Error("aborted")));
      if (faults.network === "hanging") return;
      setTimeout(resolve, faults.callLatencyMs);
    });
    if (faults.network === "gone") throw new TypeError(this.fetchFailure);
    const authorization = String((headers as Record<string, string>)["Authorization"]);
    const answer = this.service.answer(url, authorization, JSON.parse(String(body)) as Record<string, unknown>);
    if (faults.areCreationsUnheard && url.includes("/client/challenge/")) throw new TypeError(this.fetchFailure);
    await new Promise((resolve) => setTimeout(resolve, LATENCY_MS));
    return { ok: answer.status === 200, status: answer.status, json: () => Promise.resolve(answer.body) };
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => rest(resolve));
}
