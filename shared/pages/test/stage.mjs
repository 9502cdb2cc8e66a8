import { phone } from "./browser/play.mjs";

/** Fresh pages for a scene: a screen in a browser of its own, and Ann's phone. */
export async function stage(server, screens, phones) {
  Object.assign(server.api, {
    isDown: false,
    refusal: undefined,
    hasShortCodes: false,
    location: { city: "Berlin", country: "DE" },
    number: undefined,
    decisionMs: undefined,
    proximity: undefined,
    hasSources: false,
  });
  server.api.tries.clear();
  server.played.isBackendDown = false;
  server.played.provider.reset();
  await screens.clearCookies();
  const screen = await screens.newPage();
  await screen.addInitScript(() => localStorage.removeItem("scanlatch.language"));
  let ann = phones.pages().find((page) => page.url().startsWith(server.url));
  if (!ann || server.api.credentials.size === 0) {
    await ann?.close();
    const page = await phones.newPage();
    await page.goto(`${server.url}phone`);
    await page.evaluate(async () => {
      localStorage.clear();
      for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
    });
    await page.close();
    ann = await phone(phones, server.url, "Ann");
  }
  const used = await phones.newPage();
  await used.setViewportSize({ width: 390, height: 844 });
  return {
    url: server.url,
    api: server.api,
    played: server.played,
    provider: server.played.provider,
    screen,
    ann: used,
    close: () => Promise.all([screen.close(), used.close()]),
  };
}
