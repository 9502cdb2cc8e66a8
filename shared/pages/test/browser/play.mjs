/** What the tests do again and again: phones that are set up, screens with a code, and a state that is waited for. */

/** Waits for a page's state. */
export const state = (page, ...wanted) =>
  page.waitForFunction((wanted) => wanted.includes(document.body.dataset.state), wanted, { timeout: 20_000 });

/** Opens an address and waits for its state. */
export async function visit(page, url, ...wanted) {
  await page.goto(url);
  await state(page, ...wanted);
}

/** A phone of that name: an iPhone's size, with a key of its own in that browser. */
export async function phone(context, url, name) {
  const page = await context.newPage();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${url}phone`);
  await state(page, "enrol");
  await page.getByTestId("name").fill(name);
  await page.getByTestId("enrol").click();
  await state(page, "home");
  return page;
}

/** The newest challenge that a screen has asked for. */
export const newest = (api) => [...api.challenges.values()].at(-1);

/** Types a code where screens send people who type. */
export async function typed(page, url, code) {
  await page.goto(`${url}device`);
  await state(page, "typing");
  await page.getByTestId("typed").fill(code);
  await page.getByTestId("go").click();
}

/** Opens the phone page as a system camera would, on the newest code. */
export async function scan(page, url, api, { state: wanted = "question" } = {}) {
  await page.goto(`${url}phone?c=${newest(api).challengeId}`);
  await state(page, wanted);
}
