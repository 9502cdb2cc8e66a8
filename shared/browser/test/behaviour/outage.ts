import { type Behaviour, mustBe, type Stage } from "./behaviour.js";
import { neverDead } from "./expiry.js";

export const outage: Behaviour[] = [
  {
    name: "starts before its network",
    async run(stage) {
      stage.service.faults.network = "gone";
      stage.screen.start();
      await stage.world.pass(60_000);
      stage.service.faults.network = "up";
      await stage.world.until(() => stage.screen.code !== undefined, 5_000);
      await stage.login();
    },
  },
  {
    name: "has a live code within 5 s after an hour without network, also if nobody tells that it is back",
    async run(stage) {
      await stage.showing();
      await stage.world.outage(3_600_000);
      await stage.world.pass(5_000);
      mustBe(stage.service.isClaimable(stage.screen.shown ?? ""), true);
      await stage.login();
    },
  },
  {
    name: "has a live code within 5 s after an hour without network, polling",
    async run(stage) {
      await stage.showing({ polling: true });
      await stage.world.outage(3_600_000);
      await stage.world.pass(5_000);
      mustBe(stage.service.isClaimable(stage.screen.shown ?? ""), true);
      await stage.login();
    },
  },
  {
    name: "has a live code within 5 s after the browser tells that the network is back",
    async run(stage) {
      await stage.showing();
      await stage.world.outage(3_600_000, "hanging");
      stage.world.online();
      await stage.world.pass(5_000);
      mustBe(stage.service.isClaimable(stage.screen.shown ?? ""), true);
    },
  },
  ...[false, true].map((polling) => ({
    name: `gets over a network that hangs and of which nobody tells, ${polling ? "polling" : "on a socket"}`,
    async run(stage: Stage) {
      await stage.showing({ polling });
      await stage.world.outage(3_600_000, "hanging");
      await stage.world.pass(15_000);
      mustBe(stage.service.isClaimable(stage.screen.shown ?? ""), true);
    },
  })),
  {
    name: "shows no code without network that nobody could claim",
    async run(stage) {
      await stage.showing();
      stage.service.faults.network = "gone";
      stage.service.cut();
      await neverDead(stage, 3_600_000);
    },
  },
  {
    name: "comes back after the service was down for an hour",
    async run(stage) {
      await stage.showing();
      stage.service.faults.isDown = true;
      stage.service.cut();
      await neverDead(stage, 3_600_000);
      stage.service.faults.isDown = false;
      await stage.world.pass(31_000);
      mustBe(stage.service.isClaimable(stage.screen.shown ?? ""), true);
      await stage.login();
    },
  },
  {
    name: "keeps a short gap from the person in front of it",
    async run(stage) {
      const code = await stage.showing();
      await stage.claim(code);
      await stage.world.outage(8_000);
      await stage.approve(code);
    },
  },
  {
    name: "polls where sockets are blocked",
    async run(stage) {
      stage.service.faults.areSocketsBlocked = true;
      await stage.showing();
      await stage.login();
    },
  },
  {
    name: "polls where sockets are blocked from one moment on, with the same code",
    async run(stage) {
      const code = await stage.showing();
      stage.service.faults.areSocketsBlocked = true;
      stage.service.cut();
      await stage.world.pass(20_000);
      mustBe(stage.code(), code);
      await stage.login();
    },
  },
  {
    name: "polls where sockets open and nothing comes through",
    async run(stage) {
      stage.service.faults.areSocketsDeaf = true;
      await stage.showing();
      await stage.login();
    },
  },
  {
    name: "polls on when it is fooled by such a socket",
    async run(stage) {
      stage.service.faults.areSocketsBlocked = true;
      await stage.showing({ pollInterval: 250 });
      // A poll is under way whenever a socket opens.
      stage.service.faults.callLatencyMs = 2_000;
      stage.service.faults.areSocketsDeaf = true;
      stage.service.faults.areSocketsBlocked = false;
      await stage.world.pass(10_000);
      const code = stage.code();
      mustBe(stage.service.claim(code).status, 200);
      mustBe(stage.service.decide(code, true).status, 200);
      await stage.approved(code, 15_000);
    },
  },
];
