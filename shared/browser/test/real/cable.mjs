/** The network between a page and a stack: it can be cut, be gone, and go silent without a word. */

import { connect, createServer } from "node:net";

export class Cable {
  #server;
  #pairs = new Set();
  #state = "whole";

  /** Lays one to a port of this machine. */
  static async to(port) {
    const cable = new Cable();
    cable.#server = createServer((near) => cable.#join(near, port));
    await new Promise((resolve) => cable.#server.listen(0, "127.0.0.1", resolve));
    return cable;
  }

  get port() {
    return this.#server.address().port;
  }

  /** Every connection is closed; the next ones work. */
  cut() {
    for (const pair of [...this.#pairs]) pair.end();
  }

  /** Every connection is closed, and so is each new one, until it is mended. */
  pull() {
    this.#state = "pulled";
    this.cut();
  }

  /** Nothing comes through, and nobody is told, until it is mended. */
  hang() {
    this.#state = "hanging";
    for (const { near, far } of this.#pairs) [near, far].forEach((socket) => socket.unpipe().pause());
  }

  /** What was silent before stays so and is closed. */
  mend() {
    if (this.#state === "hanging") this.cut();
    this.#state = "whole";
  }

  close() {
    this.cut();
    this.#server.close();
  }

  #join(near, port) {
    if (this.#state === "pulled") return near.destroy();
    const far = connect(port, "127.0.0.1");
    const pair = {
      near,
      far,
      end: () => {
        this.#pairs.delete(pair);
        near.destroy();
        far.destroy();
      },
    };
    this.#pairs.add(pair);
    for (const socket of [near, far]) socket.on("error", pair.end).on("close", pair.end);
    if (this.#state === "hanging") return near.pause();
    near.pipe(far).pipe(near);
  }
}
