import { scan } from "./camera.js";
import { device, forgetKey } from "./device.js";
import { call, config, element, fillList, setState } from "./page.js";

const phone = device(await config());
let challengeId;
let search;

/** Shows the parts of one state and hides the rest. */
function show(state) {
  setState(state);
  element("enrol-form").hidden = state !== "new";
  element("enrolled").hidden = state !== "enrolled";
  element("question").hidden = state !== "claimed";
  element("done").hidden = !["approved", "declined"].includes(state);
  element("error").hidden = true;
}

/** What the browser says when there is no camera to look through. */
const CAMERA = {
  NotAllowedError: "This page may not use the camera. Allow it, or paste the link.",
  NotFoundError: "No camera was found. Paste the link instead.",
};

function fail(error) {
  element("error").textContent = CAMERA[error.name] ?? error.message;
  element("error").hidden = false;
}

/** Runs a handler and shows what went wrong. */
const guarded = (handler) => (event) => {
  event?.preventDefault();
  element("error").hidden = true;
  return handler(event).catch(fail);
};

async function whoAmI() {
  try {
    const credential = await phone.credential();
    if (credential) {
      element("owner").textContent = credential.userId;
      return show("enrolled");
    }
  } catch (error) {
    if (error.code !== "invalid_credential") {
      show(error.passing ? "loading" : "new");
      throw error;
    }
    await forgetKey();
  }
  return show("new");
}

/** The id in a link or in itself. */
function idIn(text) {
  const found = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text);
  if (!found) throw new Error("There is no code in that. Paste the link that the QR code holds.");
  return found[0].toLowerCase();
}

async function claim(text) {
  challengeId = idIn(text);
  const asked = await phone.claim(challengeId).catch(async (error) => {
    if (error.code === "invalid_credential") await whoAmI();
    throw error;
  });
  const place = Object.values(asked.location ?? {}).join(", ");
  fillList(element("context"), [
    ["Action", asked.actionCode],
    ["Address", asked.ipAddress ?? "unknown"],
    ["Place", place || "unknown"],
    ["Browser", asked.userAgent ?? "unknown"],
    ...Object.entries(asked.custom ?? {}).map(([name, value]) => [`${name} (attached)`, value]),
  ]);
  show("claimed");
}

async function decide(approved) {
  try {
    await phone.decide(challengeId, approved);
  } catch (error) {
    // The same answer can only be given again if nothing but the way failed.
    if (!error.passing) {
      element("challenge").value = "";
      await whoAmI();
    }
    throw error;
  }
  element("result").textContent = approved ? "Approved" : "Declined";
  show(approved ? "approved" : "declined");
}

element("enrol-form").onsubmit = guarded(async () => {
  const userId = element("user").value.trim();
  const { token } = await call("/demo/backend/track", { body: {
    userId, action: "enrol", attributes: { scope: "add:authenticators" },
  } });
  await phone.enrol(token, navigator.userAgent.slice(0, 60));
  await whoAmI();
});
element("remove").onclick = guarded(async () => {
  await phone.remove();
  await whoAmI();
});
element("claim-form").onsubmit = guarded(() => claim(element("challenge").value));
element("scan").onclick = guarded(async () => {
  if (search) return search.abort();
  search = new AbortController();
  try {
    const text = await scan(element("camera"), search.signal);
    if (text) await claim(text);
  } finally {
    search = undefined;
  }
});
element("approve").onclick = guarded(() => decide(true));
element("decline").onclick = guarded(() => decide(false));
element("next").onclick = guarded(async () => {
  element("challenge").value = "";
  history.replaceState(null, "", "/demo/phone");
  await whoAmI();
});

element("challenge").value = new URLSearchParams(location.search).get("challengeId") ?? "";
whoAmI().catch(fail);
