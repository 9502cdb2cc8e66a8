/**
 * A stack whose pages are used as people use them, with nothing but their address. SCANLATCH_PAGES_URL names a real one
 * (`http://localhost:3000/`); without it the service is played.
 */

import { after, before } from "node:test";

import { serve } from "../server.mjs";
import { open } from "./chromium.mjs";
import { phone } from "./play.mjs";

/** `url` is the stack's; `screens` and `phones` are browsers, and `mine` is a page of the phone of whoever has that name. */
export function stack(name) {
  const all = { name };
  before(async () => {
    const given = process.env.SCANLATCH_PAGES_URL;
    if (!given) {
      all.server = await serve();
      all.server.api.hasShortCodes = true;
    }
    all.url = given ? given.replace(/\/*$/, "/") : all.server.url;
    all.screens = await open({ ignoreHTTPSErrors: true });
    all.phones = await open({ ignoreHTTPSErrors: true });
    all.mine = await phone(all.phones.context, all.url, name);
  });
  after(async () => {
    await all.screens?.close();
    await all.phones?.close();
    all.server?.close();
  });
  return all;
}
