import { token } from "../service.js";
import { type Behaviour, mustBe, OLD } from "./behaviour.js";
import { neverDead } from "./expiry.js";

const HOUR = 3_600_000;

export const connection: Behaviour[] = [
  {
    name: "outlives the two hours of a socket",
    async run(stage) {
      await stage.showing();
      await neverDead(stage, 5 * HOUR);
      await stage.login();
    },
  },
  {
    name: "hears an approval that falls on the change of sockets",
    async run(stage) {
      const sockets = stage.service.calls.opened;
      await stage.showing();
      await stage.world.until(() => stage.service.calls.opened > sockets + 1, 3 * HOUR);
      await stage.login();
    },
  },
  {
    name: "comes back when its socket is cut",
    async run(stage) {
      await stage.showing();
      stage.service.cut();
      await neverDead(stage, 60_000);
      await stage.login();
    },
  },
  {
    name: "keeps the code that a phone is looking at when its socket is cut",
    async run(stage) {
      const code = await stage.showing();
      await stage.claim(code);
      stage.service.cut();
      await stage.world.pass(10_000);
      await stage.approve(code);
    },
  },
  {
    name: "hears an approval that came while it had no socket",
    async run(stage) {
      const code = await stage.showing();
      await stage.claim(code);
      stage.service.cut();
      mustBe(stage.service.decide(code, true).status, 200);
      await stage.approved(code);
    },
  },
  {
    name: "hears a claim and an approval that came while it had no socket",
    async run(stage) {
      const code = await stage.showing();
      stage.service.faults.areSocketsBlocked = true;
      stage.service.cut();
      await stage.world.pass(200);
      mustBe(stage.service.claim(code).status, 200);
      mustBe(stage.service.decide(code, true).status, 200);
      stage.service.faults.areSocketsBlocked = false;
      await stage.approved(code);
    },
  },
  {
    name: "hears of an approval whose push was lost",
    async run(stage) {
      const code = await stage.showing();
      await stage.claim(code);
      stage.service.faults.arePushesLost = true;
      mustBe(stage.service.decide(code, true).status, 200);
      await stage.approved(code);
    },
  },
  {
    name: "hears of an approval on a socket that went without a word",
    async run(stage) {
      const code = await stage.showing();
      stage.service.vanish();
      mustBe(stage.service.claim(code).status, 200);
      mustBe(stage.service.decide(code, true).status, 200);
      await stage.approved(code, 60_000);
    },
  },
  {
    name: "hears an approval after the code has expired, while it can be redeemed",
    async run(stage) {
      const code = await stage.showing(OLD);
      await stage.world.pass(500_000);
      await stage.claim(code);
      stage.service.faults.network = "gone";
      stage.service.vanish();
      mustBe(stage.service.decide(code, true).status, 200);
      await stage.world.pass(300_000);
      stage.service.faults.network = "up";
      await stage.approved(code);
    },
  },
  {
    name: "shows a live code soon after a night's sleep",
    async run(stage) {
      await stage.showing();
      await stage.world.sleep(9 * HOUR);
      await neverDead(stage, 30_000);
      await stage.login();
    },
  },
  {
    name: "shows a live code soon after a nap of three minutes",
    async run(stage) {
      await stage.showing();
      await stage.world.sleep(180_000);
      await neverDead(stage, 30_000);
      await stage.login();
    },
  },
  {
    name: "hears of an approval that came while the machine slept",
    async run(stage) {
      const code = await stage.showing();
      await stage.claim(code);
      await stage.world.sleep(60_000);
      mustBe(stage.service.decide(code, true).status, 200);
      await stage.approved(code);
    },
  },
  {
    name: "survives an answer that never comes",
    async run(stage) {
      stage.service.faults.areCreationsUnheard = true;
      stage.screen.start();
      await stage.world.pass(2_000);
      stage.service.faults.areCreationsUnheard = false;
      await stage.world.until(() => stage.screen.code !== undefined);
      await stage.login();
    },
  },
  {
    name: "shows no code that it has replaced without knowing",
    async run(stage) {
      await stage.showing();
      await stage.world.pass(500_000);
      stage.service.faults.areCreationsUnheard = true;
      await stage.world.pass(60_000);
      stage.service.faults.areCreationsUnheard = false;
      await neverDead(stage, 60_000);
    },
  },
  {
    name: "shows no code that it has replaced without knowing, polling",
    async run(stage) {
      await stage.showing({ polling: true });
      await stage.world.pass(500_000);
      stage.service.faults.areCreationsUnheard = true;
      await neverDead(stage, 60_000, 7_000);
      stage.service.faults.areCreationsUnheard = false;
      await neverDead(stage, 60_000);
      mustBe(stage.service.isClaimable(stage.code()), true);
    },
  },
  {
    name: "uses the new token after setToken",
    async run(stage) {
      await stage.showing();
      stage.screen.sdk.setToken("other.token.x");
      void stage.screen.sdk.qrCode.refresh();
      await stage.world.until(() => stage.screen.refreshed.length === 1);
      mustBe(stage.service.challenges.get(stage.code())?.token, "other.token.x");
    },
  },
  {
    name: "logs in ten times without reloading the page",
    async run(stage) {
      for (let n = 0; n < 10; n += 1) {
        const before = stage.screen.code;
        stage.screen.start();
        await stage.world.until(() => stage.screen.code !== before);
        const code = stage.code();
        stage.service.claim(code);
        await stage.world.pass(1_000);
        stage.service.decide(code, true);
        await stage.world.until(() => stage.screen.tokens.includes(token(code)));
      }
      mustBe(stage.screen.tokens.length, 10);
    },
  },
];
