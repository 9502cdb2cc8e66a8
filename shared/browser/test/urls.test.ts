import { describe, expect, it } from "vitest";

import { checkedSocketUrl, derivedSocketUrl } from "../src/urls.js";

describe("the socket's URL", () => {
  it.each([
    ["https://api.authsignal.com/v1", "wss://api-ws.authsignal.com/ws-v1-challenge"],
    ["https://qr.example.com/v1", "wss://qr.example.com/ws-v1-challenge"],
    ["https://qr.example.com/v1/", "wss://qr.example.com/ws-v1-challenge"],
    ["https://qr.example.com/api/v1", "wss://qr.example.com/api-ws/ws-v1-challenge"],
    ["http://localhost:3000/v1", "ws://localhost:3000/ws-v1-challenge"],
    ["http://localhost:3000", "ws://localhost:3000"],
  ])("follows from %s as in the official SDK", (base, socket) => {
    expect(derivedSocketUrl(base)).toBe(socket);
  });

  it.each([
    ["https://login.therapist.com/v1", "wss://login.therapist.com/ws-v1-challenge"],
    ["https://d1234v1abcd.cloudfront.net/v1", "wss://d1234v1abcd.cloudfront.net/ws-v1-challenge"],
    ["https://api.dev1.example.com/v1", "wss://api.dev1.example.com/ws-v1-challenge"],
  ])("leaves the host of %s whole, which the official SDK breaks", (base, socket) => {
    expect(derivedSocketUrl(base)).toBe(socket);
  });

  it.each(["https://x1.execute-api.us-east-1.amazonaws.com/v1", "https://x1.execute-api.cn-north-1.amazonaws.com.cn/v1", "nothing"])(
    "does not follow from %s",
    (base) => {
      expect(derivedSocketUrl(base)).toBeUndefined();
    },
  );

  it("is not taken from the service in plain text where the API is encrypted", () => {
    expect(checkedSocketUrl("ws://evil.example/x", "https://login.example/v1")).toBeUndefined();
  });

  it("is not taken from the service if it is none", () => {
    expect(checkedSocketUrl({ url: "wss://x" }, "https://login.example/v1")).toBeUndefined();
  });
});
