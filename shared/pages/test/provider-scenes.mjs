/** Every state of the pages that the OpenID provider sends people to: how to get there. `scenes.mjs` lists them. */

import { scan, state, visit } from "./browser/play.mjs";
import { tenantId } from "./play/api.mjs";

const HANDLE = "dGhpcy1pcy1ub3QtYS1yZWFsLWhhbmRsZS1hdC1hbGw";

/** Where the application is: the same server by another origin. */
export const applicationAt = (url) => `${url.replace("localhost", "127.0.0.1")}app/`;

/** An application that logs a person in sends their browser here. */
export const authorizeAt = (url, more = {}) =>
  `${url}v1/t/${tenantId}/authorize?${new URLSearchParams({ client_id: "wiki", redirect_uri: `${applicationAt(url)}cb`, ...more })}`;

/** An application that logs a person out sends their browser here. */
export const logOutAt = (url, more = {}) =>
  `${url}v1/t/${tenantId}/logout?${new URLSearchParams({ client_id: "wiki", ...more })}`;

/** The login page as an application opens it. */
export const sentBy = ({ url, screen }, wanted = "code", more = {}) => visit(screen, authorizeAt(url, more), wanted);

/** The same, with its code scanned by Ann's phone. */
export async function scannedFrom(stage) {
  await sentBy(stage);
  await scan(stage.ann, stage.url, stage.api);
  await state(stage.screen, "scanned");
}

/** The same, with Ann's answer. */
export async function answered(stage, answer, wanted) {
  await scannedFrom(stage);
  await stage.ann.getByTestId(answer).click();
  await state(stage.screen, wanted);
}

/** A login page whose provider refuses its first call. */
const refused = (code, status) => async (stage) => {
  stage.provider.refusals["sign-in"] = [status, code];
  await sentBy(stage, "over");
};

const at =
  (path, wanted = "over") =>
  ({ url, screen }) =>
    visit(screen, url + path, wanted);

const longName = "The Department of Waterways’ Very Thorough Planning and Documentation Wiki";

export const wide = {
  "sign-in-code": (stage) => sentBy(stage),
  "sign-in-german": (stage) => sentBy(stage, "code", { ui_locales: "fr de en" }),
  "sign-in-short-code": async (stage) => {
    stage.api.hasShortCodes = true;
    await sentBy(stage);
    await stage.screen.locator(".nophone summary").click();
    await stage.screen.locator(".short").waitFor();
  },
  "sign-in-long-name": async (stage) => {
    stage.provider.applications.get("wiki").name = longName;
    await sentBy(stage);
  },
  "sign-in-connecting": async (stage) => {
    await stage.screen.route(/\/sign-in$/, (route) => (route.request().method() === "POST" ? undefined : route.continue()));
    await sentBy(stage, "connecting");
  },
  "sign-in-offline": async (stage) => {
    await stage.screen.route(/\/sign-in$/, (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
    await sentBy(stage, "offline");
  },
  "sign-in-scanned": scannedFrom,
  "sign-in-number": async (stage) => {
    stage.api.number = "47";
    await scannedFrom(stage);
  },
  "sign-in-declined": (stage) => answered(stage, "decline", "declined"),
  "sign-in-leaving": async (stage) => {
    await stage.screen.route(/\/sign-in\/complete$/, () => undefined);
    await answered(stage, "approve", "leaving");
  },
  "sign-in-going-back": async (stage) => {
    await stage.screen.route(/\/sign-in\/deny$/, () => undefined);
    await sentBy(stage);
    await stage.screen.getByTestId("back").click();
    await state(stage.screen, "leaving");
  },
  "sign-in-cut-off": async (stage) => {
    await stage.screen.route(/\/sign-in\/complete$/, (route) => route.abort());
    await answered(stage, "approve", "failed");
  },
  "sign-in-busy": async (stage) => {
    stage.provider.refusals.complete = [503, "unavailable"];
    await answered(stage, "approve", "failed");
  },
  "sign-in-no-backend": ({ url, screen }) =>
    screen
      .route(/demo\/config/, (route) => route.abort())
      .then(() => visit(screen, authorizeAt(url), "failed")),
  "sign-in-missing": at("sign-in"),
  "sign-in-damaged": at(`sign-in#t=${tenantId}&r=half-a-hand`),
  "sign-in-over": at(`sign-in#t=${tenantId}&r=${HANDLE}`),
  "sign-in-no-site": at(`sign-in#t=3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063&r=${HANDLE}`),
  "sign-in-late": refused("challenge_expired", 410),
  "sign-in-no-application": refused("unknown_client", 400),
  "sign-in-closed": refused("invalid_configuration", 400),
  "sign-in-not-counted": async (stage) => {
    stage.provider.refusals.complete = [401, "token_invalid"];
    await answered(stage, "approve", "over");
  },
  "sign-out-ask": ({ url, screen }) => visit(screen, logOutAt(url), "ask"),
  "sign-out-german": ({ url, screen }) => visit(screen, logOutAt(url, { ui_locales: "de-AT" }), "ask"),
  "sign-out-missing": at("sign-out"),
  "sign-out-damaged": at("sign-out#t=half"),
  "signed-out": at("signed-out", "done"),
};

export const narrow = {
  "phone-question-application": async (stage) => {
    await sentBy(stage);
    await scan(stage.ann, stage.url, stage.api);
  },
  "phone-approved-application": async (stage) => {
    await scannedFrom(stage);
    await stage.ann.getByTestId("approve").click();
    await state(stage.ann, "approved");
  },
  "phone-declined-application": async (stage) => {
    await answered(stage, "decline", "declined");
    await state(stage.ann, "declined");
  },
  "phone-history-application": async (stage) => {
    await narrow["phone-declined-application"](stage);
    await visit(stage.ann, `${stage.url}phone`, "home");
    await stage.ann.getByTestId("history").click();
    await stage.ann.locator(".entries li").first().waitFor();
  },
};
