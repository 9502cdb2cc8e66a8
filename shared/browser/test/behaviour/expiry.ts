import { type Behaviour, mustBe, OLD, type Stage } from "./behaviour.js";

/** Lets time pass and fails as soon as the screen shows a code that no phone could claim for longer than `graceMs`. */
export async function neverDead(stage: Stage, ms: number, graceMs = 5_000): Promise<void> {
  let deadSince: number | undefined;
  const look = setInterval(() => {}, 1_000);
  await stage.world.pass(ms, () => {
    const { shown } = stage.screen;
    const now = stage.service.now();
    const isDead = shown !== undefined && !stage.service.isClaimable(shown);
    deadSince = isDead ? (deadSince ?? now) : undefined;
    if (deadSince !== undefined && now - deadSince > graceMs) {
      throw new Error(`a dead code was shown for ${now - deadSince} ms`);
    }
  });
  clearInterval(look);
}

export const expiry: Behaviour[] = [
  {
    name: "replaces the code in time by itself",
    async run(stage) {
      await stage.showing();
      await neverDead(stage, 3_600_000);
    },
  },
  {
    name: "replaces the code in time by itself, polling",
    async run(stage) {
      await stage.showing({ polling: true });
      await neverDead(stage, 3_600_000);
    },
  },
  {
    name: "follows a lifetime that is shorter than the refresh interval",
    async run(stage) {
      stage.service.challengeLifetimeMs = 60_000;
      await stage.showing();
      await neverDead(stage, 600_000);
    },
  },
  {
    name: "follows a short lifetime also if the screen's clock is half an hour slow",
    async run(stage) {
      stage.service.challengeLifetimeMs = 60_000;
      stage.service.aheadMs = 1_800_000;
      await stage.showing();
      // The first code teaches it.
      await stage.world.pass(120_000);
      await neverDead(stage, 600_000, 20_000);
    },
  },
  {
    name: "follows a short lifetime also after its slow clock was put right",
    async run(stage) {
      stage.service.challengeLifetimeMs = 60_000;
      stage.service.aheadMs = 1_800_000;
      await stage.showing();
      await stage.world.pass(120_000);
      stage.world.setWall(1_800_000);
      await stage.world.pass(10_000);
      await neverDead(stage, 600_000);
    },
  },
  {
    name: "follows a short lifetime at once if the service tells when it made the code",
    async run(stage) {
      stage.service.challengeLifetimeMs = 60_000;
      stage.service.aheadMs = 1_800_000;
      stage.service.tellsCreatedAt = true;
      await stage.showing();
      await neverDead(stage, 600_000);
    },
  },
  {
    name: "does not ask for codes in a rush if the screen's clock is fast",
    async run(stage) {
      stage.service.aheadMs = -3_600_000;
      await stage.showing(OLD);
      await stage.world.pass(3_600_000);
      if (stage.service.challenges.size > 10) throw new Error(`${stage.service.challenges.size} codes in an hour`);
    },
  },
  {
    name: "goes on when somebody sets the clock back",
    async run(stage) {
      await stage.showing();
      stage.world.setWall(-7_200_000);
      await neverDead(stage, 3_600_000);
    },
  },
  {
    name: "goes on when somebody sets the clock forward",
    async run(stage) {
      await stage.showing();
      stage.world.setWall(7_200_000);
      await neverDead(stage, 3_600_000);
    },
  },
  {
    name: "does not refresh while claimed",
    async run(stage) {
      const code = await stage.showing(OLD);
      await stage.world.pass(530_000);
      await stage.claim(code);
      await stage.world.pass(60_000);
      await stage.approve(code);
    },
  },
  {
    name: "does not refresh while claimed, polling",
    async run(stage) {
      const code = await stage.showing({ polling: true });
      await stage.world.pass(530_000);
      await stage.claim(code);
      await stage.world.pass(60_000);
      await stage.approve(code);
    },
  },
  {
    name: "does not refresh a code whose claim it did not hear",
    async run(stage) {
      const code = await stage.showing(OLD);
      await stage.world.pass(535_000);
      stage.service.faults.arePushesLost = true;
      mustBe(stage.service.claim(code).status, 200);
      stage.service.faults.arePushesLost = false;
      await stage.world.pass(30_000);
      await stage.approve(code);
    },
  },
  {
    name: "does not refresh a code that is claimed while it asks for the next in vain",
    async run(stage) {
      const code = await stage.showing(OLD);
      stage.service.faults.areCreationsLost = true;
      await stage.world.pass(541_000);
      stage.service.claim(code);
      await stage.world.pass(3_000);
      stage.service.faults.areCreationsLost = false;
      await stage.world.pass(20_000);
      await stage.approve(code);
    },
  },
  {
    name: "shows no expired code when the machine wakes without a network",
    async run(stage) {
      await stage.showing();
      stage.service.faults.network = "gone";
      await stage.world.sleep(3_600_000);
      await neverDead(stage, 60_000);
    },
  },
  {
    name: "shows another code when the claimed one expires without a decision",
    async run(stage) {
      const code = await stage.showing(OLD);
      await stage.world.pass(400_000);
      await stage.claim(code);
      await stage.world.pass(300_000);
      await stage.world.until(() => stage.code() !== code && stage.service.isClaimable(stage.code()));
    },
  },
];
