// @vitest-environment happy-dom

/** How a page uses the element: attributes, properties, places and words. */

import { describe, expect, it, vi } from "vitest";

import { FakeScanlatch } from "./element/core.js";
import { make, part, place, settle, showing, text, tokens } from "./element/page.js";

vi.mock("../src/index.js", () => ({ Scanlatch: FakeScanlatch }));
const { ScanlatchQrElement } = await import("../src/element.js");

describe("its attributes", () => {
  it("say which login it asks for", async () => {
    await place(make({ "socket-url": "wss://socket.example", polling: "", "refresh-interval": "60000" }));
    expect(FakeScanlatch.last.options).toEqual({
      tenantId: "tenant",
      baseUrl: "https://login.example/v1",
      socketUrl: "wss://socket.example",
    });
    expect(FakeScanlatch.last.asked).toMatchObject([{ action: "login", polling: true, refreshInterval: 60_000 }]);
  });

  it("may come one after the other", async () => {
    const element = document.createElement("scanlatch-qr");
    document.body.append(element);
    for (const { name, value } of make().attributes) element.setAttribute(name, value);
    await settle();
    expect(FakeScanlatch.made).toHaveLength(1);
  });

  it("are asked for when they are missing", async () => {
    const element = document.createElement("scanlatch-qr");
    const errors: unknown[] = [];
    element.addEventListener("scanlatch-state", ({ detail }) => errors.push(detail.errorCode));
    document.body.append(element);
    await settle();
    expect([errors, element.state]).toEqual([["attribute_missing"], "error"]);
  });

  it("begin the login once the missing one is there", async () => {
    const element = document.createElement("scanlatch-qr");
    document.body.append(element);
    await settle();
    for (const { name, value } of make().attributes) element.setAttribute(name, value);
    await settle();
    expect([FakeScanlatch.made.length, element.state]).toEqual([1, "connecting"]);
  });

  it("are an error if the core cannot use them", async () => {
    expect((await place(make({ "socket-url": "https://socket.example" }))).state).toBe("error");
  });

  it("begin anew with another tenant, and end the login before", async () => {
    const element = await showing();
    element.setAttribute("tenant-id", "another");
    await settle();
    expect(FakeScanlatch.made.map(({ options, isDisconnected }) => [options.tenantId, isDisconnected])).toEqual([
      ["tenant", true],
      ["another", false],
    ]);
  });

  it("get a new code on the same connection for another action", async () => {
    const element = await showing();
    element.setAttribute("action", "pay");
    await settle();
    expect(FakeScanlatch.last.asked.map(({ action }) => action)).toEqual(["login", "pay"]);
    expect(FakeScanlatch.made).toHaveLength(1);
  });

  it("change the look without a new code", async () => {
    const element = await showing();
    element.setAttribute("lang", "de");
    await settle();
    expect([FakeScanlatch.last.asked.length, text(element, "title")]).toEqual([1, "Mit dem Handy scannen"]);
  });
});

describe("its properties", () => {
  it("are taken if they are set before the element is in the page", async () => {
    await place(Object.assign(make(), { custom: { deviceInfo: "Terminal A" }, token: "user.token.x" }));
    expect(FakeScanlatch.last.options.token).toBe("user.token.x");
    expect(FakeScanlatch.last.asked).toMatchObject([{ custom: { deviceInfo: "Terminal A" } }]);
  });

  it("are taken if they are set before the element is defined", async () => {
    document.body.append(Object.assign(make({}, "scanlatch-qr-late"), { custom: { deviceInfo: "Terminal A" } }));
    customElements.define("scanlatch-qr-late", class extends ScanlatchQrElement {});
    await settle();
    expect(FakeScanlatch.last.asked).toMatchObject([{ custom: { deviceInfo: "Terminal A" } }]);
  });

  it("hand the core the page's own way to a code, which gets the next one", async () => {
    const element = await showing();
    const create = () => Promise.reject(new Error("not asked here"));
    element.create = create;
    await settle();
    expect(FakeScanlatch.last.asked.map((asked) => asked.create)).toEqual([undefined, create]);
  });

  it("get one new code when several are set at once", async () => {
    const element = await showing();
    element.custom = { deviceInfo: "Terminal B" };
    element.token = "user.token.x";
    element.setAttribute("action", "pay");
    await settle();
    expect([FakeScanlatch.last.asked.length, FakeScanlatch.last.tokens]).toEqual([2, ["user.token.x"]]);
  });

  it("forget a token only with a new connection", async () => {
    const element = await showing();
    element.token = "user.token.x";
    await settle();
    element.token = undefined;
    await settle();
    expect(FakeScanlatch.last.options.token).toBeUndefined();
    expect(FakeScanlatch.made).toHaveLength(2);
  });

  it("never show the token in the page", async () => {
    const element = await place(Object.assign(make(), { token: "user.token.x" }));
    expect(element.outerHTML + element.shadowRoot?.innerHTML).not.toContain("user.token.x");
  });
});

describe("a place in the page", () => {
  it("that it leaves ends the login", async () => {
    const element = await showing();
    element.remove();
    await settle();
    expect(FakeScanlatch.live).toBe(0);
  });

  it("that it changes keeps the code", async () => {
    const element = await showing();
    const home = document.body.appendChild(document.createElement("main"));
    home.append(element);
    await settle();
    expect([FakeScanlatch.made.length, FakeScanlatch.last.isDisconnected, element.state]).toEqual([1, false, "code"]);
  });

  it("that it comes back to gets a new code", async () => {
    const element = await showing();
    element.remove();
    await settle();
    document.body.append(element);
    await settle();
    expect([FakeScanlatch.made.length, element.state]).toEqual([2, "connecting"]);
  });

  it("that it left hears nothing of the login before", async () => {
    const element = await showing();
    const before = FakeScanlatch.last;
    element.setAttribute("tenant-id", "another");
    await settle();
    before.reach("approved", "result.token.x");
    expect([tokens, element.state]).toEqual([[], "connecting"]);
  });
});

describe("its words", () => {
  it.each([
    ["its own language", { lang: "de-AT" }, "en", "Mit dem Handy scannen"],
    ["the page's language", {}, "de", "Mit dem Handy scannen"],
    ["English where the language is not known", { lang: "fr" }, "de", "Scan with your phone"],
    ["the page's own", { lang: "fr", texts: JSON.stringify({ code: "Scannez avec votre téléphone" }) }, "en", "Scannez avec votre téléphone"],
    ["English where the page's own are none", { texts: "{" }, "en", "Scan with your phone"],
    ["English where one of the page's own is no text", { texts: JSON.stringify({ code: 1 }) }, "en", "Scan with your phone"],
  ])("are of %s", async (_, attributes: Record<string, string>, page, title) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    document.documentElement.lang = page;
    expect(text(await showing(attributes), "title")).toBe(title);
  });

  it("can be set by script, one by one", async () => {
    const element = await showing({ lang: "de" });
    element.texts = { code: "Hier scannen" };
    await settle();
    expect([text(element, "title"), text(element, "hint")]).toEqual([
      "Hier scannen",
      "Kamera auf den Code richten, dann am Handy bestätigen.",
    ]);
  });

  it.each([
    ["de-AT", "de"],
    ["fr", "en"],
    // A name that every object has.
    ["constructor", "en"],
  ])("say their language to screen readers, on a page in %s", async (page, lang) => {
    document.documentElement.lang = page;
    expect(part(await showing(), "root")?.lang).toBe(lang);
  });

  it("find their direction themselves", async () => {
    expect(part(await showing(), "title")?.dir).toBe("auto");
  });
});
