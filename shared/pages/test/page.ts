/** What modules of a page look at when they are loaded, for tests without a browser. */

Object.defineProperty(globalThis, "location", { value: new URL("https://login.example/phone"), configurable: true });
Object.defineProperty(globalThis, "navigator", { value: { languages: ["en-GB"], userAgent: "" }, configurable: true });

export {};
