/**
 * Every state of every page: how to get there. A scene gets the pages of a `stage`. `wide` scenes are looked at in all
 * sizes, the others on a phone alone.
 */

import { newest, scan, state, typed, visit } from "./browser/play.mjs";
import * as provider from "./provider-scenes.mjs";

/** A screen whose code a phone has scanned. */
async function scanned({ url, api, screen, ann }, name) {
  await visit(screen, `${url}${name}`, "code");
  await scan(ann, url, api);
  await state(screen, "scanned");
}

async function decided(stage, name, answer, wanted) {
  await scanned(stage, name);
  await stage.ann.getByTestId(answer).click();
  await state(stage.screen, wanted);
}

/** The same where the service asks for a number. */
function numbered({ api }, play) {
  api.number = "47";
  return play();
}

/** Types a number on the phone, and approves. */
export async function enter({ ann }, number) {
  await ann.getByTestId("number").fill(number);
  await ann.getByTestId("approve").click();
}

async function mistyped(stage, name) {
  await scanned(stage, name);
  await enter(stage, "74");
  await state(stage.screen, "declined");
}

/** A terminal that shows a code for Ann. */
async function due({ url, screen }) {
  await visit(screen, `${url}terminal`, "order");
  await screen.locator(".order > .button").click();
  await state(screen, "customer");
  await screen.getByRole("button", { name: "Ann" }).click();
  await state(screen, "code");
}

/** No answer of the service until the scene is over. */
const hold = (page, pattern) => page.route(pattern, () => undefined);

const screens = ["login", "kiosk", "tv"].flatMap((name) => [
  [`${name}-code`, (stage) => visit(stage.screen, `${stage.url}${name}`, "code")],
  [`${name}-scanned`, (stage) => scanned(stage, name)],
  [`${name}-number`, (stage) => numbered(stage, () => scanned(stage, name))],
  [`${name}-number-wrong`, (stage) => numbered(stage, () => mistyped(stage, name))],
  [`${name}-declined`, (stage) => decided(stage, name, "decline", "declined")],
  [
    `${name}-offline`,
    async (stage) => {
      stage.api.isDown = true;
      await visit(stage.screen, `${stage.url}${name}`, "offline");
    },
  ],
  [
    `${name}-failed`,
    async (stage) => {
      stage.played.isBackendDown = true;
      await visit(stage.screen, `${stage.url}${name}`, "failed");
    },
  ],
]);

export const wide = Object.fromEntries([
  ["gallery", (stage) => visit(stage.screen, stage.url, "ready")],
  ...screens,
  [
    "login-connecting",
    async ({ url, screen }) => {
      await screen.routeWebSocket(/ws-v1/, () => undefined);
      await visit(screen, `${url}login`, "connecting");
    },
  ],
  [
    "login-short-code",
    async (stage) => {
      stage.api.hasShortCodes = true;
      await visit(stage.screen, `${stage.url}login`, "code");
      await stage.screen.locator(".nophone summary").click();
      await stage.screen.locator(".short").waitFor();
    },
  ],
  [
    "tv-short-code",
    async (stage) => {
      stage.api.hasShortCodes = true;
      await visit(stage.screen, `${stage.url}tv`, "code");
      await stage.screen.locator(".short").waitFor();
    },
  ],
  [
    "login-hood",
    async ({ url, screen }) => {
      await visit(screen, `${url}login`, "code");
      await screen.locator(".hood summary").click();
    },
  ],
  ["login-welcome", (stage) => decided(stage, "login", "approve", "welcome")],
  ["login-german", (stage) => visit(stage.screen, `${stage.url}login?lang=de`, "code")],
  ["kiosk-greeting", (stage) => decided(stage, "kiosk", "approve", "greeting")],
  [
    "kiosk-ordered",
    async (stage) => {
      await decided(stage, "kiosk", "approve", "greeting");
      await stage.screen.locator(".guest .main").click();
      await state(stage.screen, "ordered");
    },
  ],
  ["tv-welcome", (stage) => decided(stage, "tv", "approve", "welcome")],
  ["terminal-order", (stage) => visit(stage.screen, `${stage.url}terminal`, "order")],
  [
    "terminal-customer",
    async ({ url, screen }) => {
      await visit(screen, `${url}terminal`, "order");
      await screen.locator(".order > .button").click();
      await state(screen, "customer");
    },
  ],
  [
    "login-refused",
    async (stage) => {
      stage.api.refusal = "forbidden";
      await visit(stage.screen, `${stage.url}login`, "failed");
    },
  ],
  ["terminal-code", due],
  [
    "terminal-offline",
    async (stage) => {
      const { api, screen, url } = stage;
      await visit(screen, `${url}terminal`, "order");
      await screen.locator(".order > .button").click();
      await state(screen, "customer");
      api.isDown = true;
      await screen.getByRole("button", { name: "Ann" }).click();
      await state(screen, "offline");
    },
  ],
  [
    "terminal-over",
    async (stage) => {
      await stage.screen.clock.install();
      await due(stage);
      await stage.screen.clock.fastForward(600_001);
      await state(stage.screen, "over");
    },
  ],
  [
    "terminal-number",
    (stage) =>
      numbered(stage, async () => {
        await due(stage);
        await scan(stage.ann, stage.url, stage.api);
        await state(stage.screen, "scanned");
      }),
  ],
  ...[
    ["scanned", undefined],
    ["paid", "approve"],
    ["declined", "decline"],
  ].map(([wanted, answer]) => [
    `terminal-${wanted}`,
    async (stage) => {
      await due(stage);
      await scan(stage.ann, stage.url, stage.api);
      if (answer) await stage.ann.getByTestId(answer).click();
      await state(stage.screen, wanted);
    },
  ]),
  ...Object.entries(provider.wide),
]);

/** A link that the service refuses for this reason. */
const refused = (errorCode) => async (stage) => {
  const { url, api, ann, screen } = stage;
  await visit(screen, `${url}login`, "code");
  if (errorCode === "challenge_expired") newest(api).expiresAt = new Date(0);
  else if (errorCode === "challenge_already_decided") newest(api).state = "approved";
  else if (errorCode === "challenge_already_claimed") newest(api).by = {};
  else newest(api).over = errorCode;
  await scan(ann, url, api, { state: "problem" });
};

const opened =
  (path, wanted = "problem") =>
  ({ url, ann }) =>
    visit(ann, `${url}${path}`, wanted);

/** The code of eight letters that a web login shows now. */
async function shortCode(stage) {
  stage.api.hasShortCodes = true;
  await visit(stage.screen, `${stage.url}login`, "code");
  await stage.screen.locator(".nophone summary").click();
  // Letters come with the next code, which the screen asks for now.
  const letters = stage.screen.locator(".short:not(:empty)");
  await letters.waitFor();
  return letters.innerText();
}

/** Waits until the phone page says what is wrong with what was typed. */
const wrong = async (page) => {
  await state(page, "typing");
  await page.locator("#typed-error:not(:empty)").waitFor();
};

/** A text that the phone page refuses before it asks anybody. */
const wrongly = (text) => async (stage) => {
  stage.api.hasShortCodes = true;
  await typed(stage.ann, stage.url, text);
  await wrong(stage.ann);
};

/** What a person does on the phone's first page. */
const pressed =
  (name, wanted) =>
  async ({ ann, url }) => {
    await visit(ann, `${url}phone`, "home");
    await ann.getByTestId(name).click();
    await state(ann, wanted);
  };

export const narrow = {
  "phone-enrol": ({ url, screen }) => visit(screen, `${url}phone`, "enrol"),
  "phone-enrol-waiting": async ({ url, api, screen }) => {
    await visit(screen, `${url}login`, "code");
    await visit(screen, `${url}phone?c=${newest(api).challengeId}`, "enrol");
  },
  "phone-home": opened("phone", "home"),
  "phone-question": async (stage) => {
    await visit(stage.screen, `${stage.url}login`, "code");
    await scan(stage.ann, stage.url, stage.api);
  },
  "phone-question-far": async (stage) => {
    stage.api.location = { city: "Wellington", region: "Wellington Region", country: "NZ" };
    await visit(stage.screen, `${stage.url}login`, "code");
    newest(stage.api).ipAddress = "203.0.113.7";
    await scan(stage.ann, stage.url, stage.api);
  },
  "phone-question-number": async (stage) => {
    Object.assign(stage.api, { decisionMs: 120_000, hasSources: true, proximity: "near" });
    await numbered(stage, () => scanned(stage, "login"));
  },
  "phone-question-number-typed": async (stage) => {
    await narrow["phone-question-number"](stage);
    await stage.ann.getByTestId("number").fill("47");
  },
  "phone-question-distant": async (stage) => {
    stage.api.location = { city: "Wellington", region: "Wellington Region", country: "NZ" };
    Object.assign(stage.api, { number: "47", decisionMs: 120_000, hasSources: true, proximity: "far" });
    await visit(stage.screen, `${stage.url}login`, "code");
    Object.assign(newest(stage.api), { ipAddress: "203.0.113.7", isTracked: true });
    await scan(stage.ann, stage.url, stage.api);
  },
  "phone-number-wrong": (stage) =>
    numbered(stage, async () => {
      await mistyped(stage, "login");
      await state(stage.ann, "problem");
    }),
  "phone-question-over": async (stage) => {
    stage.api.decisionMs = 30_000;
    await stage.ann.clock.install();
    await scanned(stage, "login");
    await stage.ann.clock.runFor(31_000);
    await state(stage.ann, "problem");
  },
  "phone-paused": async (stage) => {
    await visit(stage.screen, `${stage.url}login`, "code");
    await stage.ann.route(/challenge\/claim/, (route) =>
      route.fulfill({ status: 429, json: { error: "too_many_requests", errorCode: "too_many_requests" } }),
    );
    await scan(stage.ann, stage.url, stage.api, { state: "problem" });
  },
  "phone-question-kiosk": async (stage) => {
    await visit(stage.screen, `${stage.url}kiosk`, "code");
    await scan(stage.ann, stage.url, stage.api);
  },
  "phone-question-payment": async (stage) => {
    await due(stage);
    await scan(stage.ann, stage.url, stage.api);
  },
  "phone-approved": async (stage) => {
    await decided(stage, "login", "approve", "welcome");
    await state(stage.ann, "approved");
  },
  "phone-paid": async (stage) => {
    await due(stage);
    await scan(stage.ann, stage.url, stage.api);
    await stage.ann.getByTestId("approve").click();
    await state(stage.ann, "approved");
  },
  "phone-declined": async (stage) => {
    await decided(stage, "login", "decline", "declined");
    await state(stage.ann, "declined");
  },
  "phone-approved-before": async (stage) => {
    await narrow["phone-approved"](stage);
    await scan(stage.ann, stage.url, stage.api, { state: "problem" });
  },
  "phone-declined-before": async (stage) => {
    await narrow["phone-declined"](stage);
    await scan(stage.ann, stage.url, stage.api, { state: "problem" });
  },
  "phone-history": async (stage) => {
    await decided(stage, "login", "decline", "declined");
    await decided(stage, "login", "approve", "welcome");
    await pressed("history", "history")(stage);
    await stage.ann.locator(".entries li").first().waitFor();
  },
  "phone-not-me": async (stage) => {
    await decided(stage, "login", "approve", "welcome");
    await state(stage.ann, "approved");
    await stage.ann.getByTestId("suspect").click();
    await stage.ann.getByTestId("end").waitFor();
  },
  "phone-devices": async (stage) => {
    await pressed("devices", "devices")(stage);
    await stage.ann.locator(".entries li").first().waitFor();
  },
  "phone-no-camera": async (stage) => {
    await stage.ann.addInitScript(() => Object.defineProperty(navigator, "mediaDevices", { value: undefined }));
    await pressed("scan", "problem")(stage);
  },
  "phone-camera-blocked": async (stage) => {
    await stage.ann.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));
    });
    await pressed("scan", "problem")(stage);
  },
  "phone-broken": opened("phone?c=3f8e2a91-6c47"),
  "phone-empty": opened("phone?c="),
  "phone-two": opened("phone?c=3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063&c=98634c7b-6673-44ea-9a6b-503cccdf0430"),
  "phone-foreign-link": opened("phone?c=https://other.example/phone?c=3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063"),
  "phone-unknown": opened("phone?c=3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063"),
  "phone-expired": refused("challenge_expired"),
  "phone-superseded": refused("challenge_superseded"),
  "phone-cancelled": refused("challenge_cancelled"),
  "phone-taken": refused("challenge_already_claimed"),
  "phone-used": refused("challenge_already_decided"),
  "phone-foreign": async ({ url, ann }) => {
    await visit(ann, `${url}phone`, "home");
    await ann.getByTestId("type").click();
    await ann.getByTestId("typed").fill("https://other.example/phone?c=3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063");
    await ann.getByTestId("go").click();
    await state(ann, "problem");
  },
  "phone-typing": async (stage) => {
    stage.api.hasShortCodes = true;
    await opened("device", "typing")(stage);
  },
  "phone-typed-sign": wrongly("WDJB-MJHA"),
  "phone-typed-short": wrongly("WDJB MJ"),
  "phone-typed-wrong": async (stage) => {
    stage.api.hasShortCodes = true;
    await typed(stage.ann, stage.url, "wdjb mjht");
    await wrong(stage.ann);
  },
  "phone-typed-used": async (stage) => {
    const code = await shortCode(stage);
    await typed(stage.ann, stage.url, code);
    await state(stage.ann, "question");
    await stage.ann.getByTestId("decline").click();
    await state(stage.ann, "declined");
    await typed(stage.ann, stage.url, code);
    await wrong(stage.ann);
  },
  "phone-typed-expired": async (stage) => {
    const code = await shortCode(stage);
    newest(stage.api).expiresAt = new Date(0);
    await typed(stage.ann, stage.url, code);
    await wrong(stage.ann);
  },
  "phone-typed-often": async (stage) => {
    stage.api.hasShortCodes = true;
    stage.api.tries.set("ann", 5);
    await typed(stage.ann, stage.url, "WDJB-MJHT");
    await state(stage.ann, "problem");
  },
  "phone-removed": async ({ url, api, ann }) => {
    api.credentials.clear();
    await visit(ann, `${url}phone`, "problem");
  },
  "phone-stranger": async (stage) => {
    await visit(stage.screen, `${stage.url}login`, "code");
    newest(stage.api).action = "payment";
    await scan(stage.ann, stage.url, stage.api, { state: "problem" });
  },
  "phone-busy": async (stage) => {
    await visit(stage.screen, `${stage.url}login`, "code");
    await stage.ann.route(/challenge\/claim/, (route) =>
      route.fulfill({ status: 503, json: { error: "unavailable", errorCode: "unavailable" } }),
    );
    await scan(stage.ann, stage.url, stage.api, { state: "problem" });
  },
  "phone-no-network": async ({ url, ann }) => {
    await ann.route(/\/demo\//, (route) => route.abort());
    await visit(ann, `${url}phone`, "failed");
  },
  "phone-waiting": async ({ url, ann, api, screen }) => {
    await visit(screen, `${url}login`, "code");
    await hold(ann, /challenge\/claim/);
    await visit(ann, `${url}phone?c=${newest(api).challengeId}`, "waiting");
    await ann.locator(".wait h1", { hasText: /who|wer/i }).waitFor();
  },
  "phone-no-storage": async ({ url, ann }) => {
    await ann.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: undefined }));
    await visit(ann, `${url}phone`, "problem");
  },
  "phone-private": async ({ url, ann }) => {
    await ann.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("", "SecurityError");
      };
    });
    await visit(ann, `${url}phone`, "problem");
  },
  "phone-cut-off": async (stage) => {
    await visit(stage.screen, `${stage.url}login`, "code");
    await stage.ann.route(/challenge\/claim/, (route) => route.abort());
    await scan(stage.ann, stage.url, stage.api, { state: "problem" });
  },
  "phone-no-answer": async (stage) => {
    await visit(stage.screen, `${stage.url}login`, "code");
    await hold(stage.ann, /challenge\/claim/);
    await scan(stage.ann, stage.url, stage.api, { state: "problem" });
  },
  "phone-insecure": async ({ url, ann }) => {
    await ann.addInitScript(() => Object.defineProperty(window, "isSecureContext", { value: false }));
    await visit(ann, `${url}phone`, "problem");
  },
  "phone-offline-page": async ({ url, ann }) => ann.goto(`${url}offline.html`),
  ...provider.narrow,
};

/** The scenes that are looked at on the phone that is set up. */
export const isOnPhone = (name) => name in narrow && !name.startsWith("phone-enrol");
