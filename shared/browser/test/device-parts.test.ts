/** The small parts of the device, which decide by a text or by bytes alone. */

import { describe, expect, it } from "vitest";

import { challengeIdFrom } from "../src/device.js";
import { der } from "../src/device/der.js";
import { browserName } from "../src/device/name.js";
import { CHALLENGE } from "./device/service.js";

const OTHER = "98634c7b-6673-44ea-9a6b-503cccdf0430";

describe("challengeIdFrom", () => {
  it.each([
    ["the bare id", CHALLENGE],
    ["with white space", `  ${CHALLENGE}\n`],
    ["in capitals", CHALLENGE.toUpperCase()],
    ["in a query", `https://login.example/phone?lang=de&challengeId=${CHALLENGE}`],
    ["in a fragment", `https://login.example/phone#${CHALLENGE}`],
    ["named in a fragment", `https://login.example/phone#challengeId=${CHALLENGE}`],
    ["at the end of a path", `https://login.example/p/${CHALLENGE}/`],
    ["in an app's own scheme", `acme://login?challengeId=${CHALLENGE}`],
    ["in the query, beside another id in the path", `https://login.example/${OTHER}?challengeId=${CHALLENGE}`],
    ["in a sentence", `Open this: ${CHALLENGE}.`],
    ["after a word and a colon", `code:${CHALLENGE}`],
    ["twice in a text", `${CHALLENGE} ${CHALLENGE}`],
  ])("finds it: %s", (_, scanned) => {
    expect(challengeIdFrom(scanned)).toBe(CHALLENGE);
  });

  it.each([
    ["nothing", ""],
    ["the text of a removal", "2966600.0"],
    ["a link without an id", "https://login.example/phone?challengeId="],
    ["two ids of which none is named", `${CHALLENGE} ${OTHER}`],
    ["an id that is part of a longer word", `${CHALLENGE}0`],
    ["no text", undefined as unknown as string],
  ])("finds none: %s", (_, scanned) => {
    expect(challengeIdFrom(scanned)).toBeUndefined();
  });
});

describe("a signature in DER", () => {
  const half = (...last: number[]) => [...Array(32 - last.length).fill(0), ...last];
  it.each<[string, number[], number[]]>([
    ["drops zeros in front", [...half(1), ...half(2)], [0x30, 6, 2, 1, 1, 2, 1, 2]],
    ["puts a zero before a top bit", [...half(0x80), ...half(2)], [0x30, 7, 2, 2, 0, 0x80, 2, 1, 2]],
    ["keeps a zero", [...half(), ...half(2)], [0x30, 6, 2, 1, 0, 2, 1, 2]],
    ["can be 72 bytes long", Array(64).fill(0xff), [0x30, 70, 2, 33, 0, ...Array(32).fill(0xff), 2, 33, 0, ...Array(32).fill(0xff)]],
  ])("%s", (_, raw, expected) => {
    expect([...der(Uint8Array.from(raw))]).toEqual(expected);
  });
});

describe("the name of a browser", () => {
  const apple = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
  const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0";
  const iPhone = `Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) ${apple}`;
  const linux = "Mozilla/5.0 (X11; Linux x86_64)";
  it.each([
    ["Safari on iPhone", `${iPhone} Version/19.0 Mobile/15E148 Safari/604.1`, 5],
    ["Chrome on iPhone", `${iPhone} CriOS/150.0 Mobile/15E148 Safari/604.1`, 5],
    ["Firefox on iPhone", `${iPhone} FxiOS/140.0 Mobile/15E148 Safari/605.1.15`, 5],
    ["Edge on iPhone", `${iPhone} Version/19.0 EdgiOS/150.0 Mobile/15E148 Safari/604.1`, 5],
    ["Browser on iPhone", `${iPhone} Mobile/15E148`, 5],
    ["Safari on iPad", `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${apple} Version/19.0 Safari/605.1.15`, 5],
    ["Safari on Mac", `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${apple} Version/19.0 Safari/605.1.15`, 0],
    ["Chrome on Android", `Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`, 5],
    ["Samsung Internet on Android", `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36`, 5],
    ["WebView on Android", "Mozilla/5.0 (Linux; Android 16; Pixel 9 Build/BP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/150.0.0.0 Mobile Safari/537.36", 5],
    ["Edge on Windows", `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/150.0.0.0`, 0],
    ["Opera on Windows", `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 OPR/130.0.0.0`, 0],
    ["Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", 0],
    ["Chrome on Linux", `${linux} ${chrome} Safari/537.36`, 0],
    ["Chrome on Linux", `${linux} AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/150.0.0.0 Safari/537.36`, 0],
    ["Browser on Linux", `${linux} ${apple} Version/19.0 Safari/605.1.15`, 0],
    ["Browser", "something else", 0],
  ])("is %s for %s", (name, userAgent, maxTouchPoints) => {
    expect(browserName({ userAgent, maxTouchPoints })).toBe(name);
  });

  it.each([
    ["Chrome", ["Not)A;Brand", "Google Chrome", "Chromium"]],
    ["Chrome", ["Chromium", "HeadlessChrome", "Not.A/Brand"]],
    ["Edge", ["Microsoft Edge", "Chromium", "Not=A?Brand"]],
    ["Brave", ["Not_A Brand", "Brave", "Chromium"]],
    ["WebView", ["Chromium", "Android WebView", "Not:A-Brand"]],
    ["Chrome", ["Not A(Brand", "Chromium"]],
  ])("is %s for the brands %j", (name, brands) => {
    const userAgentData = { brands: brands.map((brand) => ({ brand })) };
    expect(browserName({ userAgent: `${linux} ${chrome} Safari/537.36`, userAgentData })).toBe(`${name} on Linux`);
  });
});
