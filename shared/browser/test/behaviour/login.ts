import { token } from "../service.js";
import { type Behaviour, mustBe, OLD, type Stage } from "./behaviour.js";

const both = (name: string, run: (stage: Stage, options: { polling: boolean }) => Promise<void>): Behaviour[] =>
  [false, true].map((polling) => ({
    name: `${name}, ${polling ? "polling" : "on a socket"}`,
    run: (stage) => run(stage, { polling }),
  }));

export const login: Behaviour[] = [
  ...both("gives the code by its result, not by onRefresh", async (stage, options) => {
    const code = await stage.showing(options);
    mustBe(stage.screen.response?.data?.challengeId, code);
    mustBe(stage.screen.refreshed, []);
  }),
  ...both("logs in", async (stage, options) => {
    await stage.showing(options);
    await stage.login();
    mustBe(stage.screen.states.at(-1), "approved");
  }),
  ...both("tells of each state once", async (stage, options) => {
    await stage.showing(options);
    await stage.claim();
    await stage.world.pass(30_000);
    await stage.approve();
    await stage.world.pass(30_000);
    mustBe(stage.screen.states, ["claimed", "approved"]);
  }),
  ...both("tells that the user declined, without a token", async (stage, options) => {
    const code = await stage.showing(options);
    await stage.claim();
    stage.service.decide(code, false);
    await stage.world.until(() => stage.screen.states.includes("rejected"));
    mustBe(stage.screen.tokens, []);
  }),
  ...both("sends what the phone is to show", async (stage, options) => {
    const code = await stage.showing({ ...options, custom: { deviceInfo: "Terminal A" } });
    mustBe(stage.service.challenges.get(code)?.custom, { deviceInfo: "Terminal A" });
  }),
  ...both("refreshes by hand with other custom data", async (stage, options) => {
    const code = await stage.showing({ ...options, custom: { deviceInfo: "Terminal A" } });
    void stage.screen.sdk.qrCode.refresh({ custom: { deviceInfo: "Terminal B" } });
    await stage.world.until(() => stage.code() !== code);
    mustBe(stage.service.challenges.get(stage.code())?.custom, { deviceInfo: "Terminal B" });
  }),
  ...both("keeps the custom data of a refresh by hand when it refreshes by itself", async (stage, options) => {
    await stage.showing({ ...options, ...OLD, custom: { deviceInfo: "Terminal A" } });
    void stage.screen.sdk.qrCode.refresh({ custom: { deviceInfo: "Terminal B" } });
    await stage.world.until(() => stage.screen.refreshed.length === 1);
    await stage.world.pass(545_000);
    mustBe(stage.screen.refreshed.length, 2);
    mustBe(stage.service.challenges.get(stage.code())?.custom, { deviceInfo: "Terminal B" });
  }),
  ...both("refuses a refresh before the first code", async (stage) => {
    const failed = await stage.screen.sdk.qrCode.refresh().then(() => false, () => true);
    mustBe(failed, true);
  }),
  ...both("makes the old code useless by a refresh", async (stage, options) => {
    const code = await stage.showing(options);
    void stage.screen.sdk.qrCode.refresh();
    await stage.world.until(() => stage.code() !== code);
    mustBe(stage.service.isClaimable(code), false);
  }),
  ...both("asks with the tracked user's token", async (stage, options) => {
    stage.screen.sdk.setToken("user.token.x");
    const code = await stage.showing(options);
    mustBe(stage.service.challenges.get(code)?.token, "user.token.x");
  }),
  ...both("shows one login after the other", async (stage, options) => {
    const first = await stage.showing(options);
    stage.screen.start(options);
    await stage.world.until(() => stage.code() !== first);
    await stage.login();
  }),
  ...both("stops after a decision", async (stage, options) => {
    await stage.showing(options);
    await stage.login();
    const made = stage.service.challenges.size;
    await stage.world.pass(3_600_000);
    mustBe(stage.service.challenges.size, made);
    mustBe(stage.service.connections.size, 0);
  }),
  ...both("leaves no timer, socket or listener after disconnect", async (stage, options) => {
    await stage.showing(options);
    stage.screen.sdk.qrCode.disconnect();
    await stage.world.pass(1_000);
    const { listeners, sockets, timers } = stage.world.load;
    mustBe({ listeners, sockets, timers }, { listeners: 0, sockets: 0, timers: 0 });
  }),
  ...both("gives a second try after the user declined", async (stage, options) => {
    const code = await stage.showing(options);
    await stage.claim();
    stage.service.decide(code, false);
    await stage.world.until(() => stage.screen.states.includes("rejected"));
    void stage.screen.sdk.qrCode.refresh();
    await stage.world.until(() => stage.code() !== code);
    stage.service.claim(stage.code());
    await stage.world.pass(5_000);
    stage.service.decide(stage.code(), true);
    await stage.world.until(() => stage.screen.tokens.includes(token(stage.code())));
  }),
  ...both("gives an error, not an exception, if the tenant is unknown", async (stage, options) => {
    stage.service.tenants.clear();
    stage.screen.start(options);
    await stage.world.until(() => stage.screen.response !== undefined || stage.screen.failure !== undefined);
    mustBe((stage.screen.response as { errorCode?: string } | undefined)?.errorCode, "unauthorized");
  }),
];
