import { listen, poll } from "./display.js";
import { call, config, element, fillList, setState } from "./page.js";

const ACTION = "login-with-qr-code";
const REFRESH_MS = 9 * 60 * 1000;

const settings = await config();
const query = new URLSearchParams(location.search);
element("user").value = query.get("user") ?? "";
element("polling").checked = query.has("polling");

let display;
let refresh;
let expiry;

function say(text) {
  element("status").textContent = text;
}

function fail(error) {
  setState("error");
  say(error.message);
  element("again").textContent = "Try again";
}

const on = {
  created(challengeId, expiresAt) {
    const link = `${location.origin}/demo/phone?challengeId=${challengeId}`;
    element("qr").src = `/demo/qr.svg?text=${encodeURIComponent(link)}`;
    element("challenge-id").textContent = challengeId;
    element("copy").onclick = () => navigator.clipboard.writeText(link);
    expiry = Date.parse(expiresAt);
    setState("waiting");
    say("Scan this code with your phone.");
    element("again").textContent = "New code";
  },
  changed(state, token) {
    clearInterval(refresh);
    setState(state);
    if (state === "claimed") say("Scanned. Approve on your phone.");
    if (state === "rejected") {
      say("The request was declined on the phone.");
      element("again").textContent = "Try again";
    }
    if (state === "approved") welcome(token).catch(fail);
  },
  lost() {
    if (["approved", "rejected"].includes(document.body.dataset.state)) return;
    fail(new Error("The connection was lost."));
  },
};

async function welcome(token) {
  say("Approved. Asking the backend…");
  const result = await call("/demo/backend/validate", { body: { token, action: ACTION } });
  if (!result.isValid) throw new Error(result.error ?? "The backend refused the login.");
  element("who").textContent = result.userId;
  fillList(element("validated"), ["state", "action", "verificationMethod", "idempotencyKey"].map((name) => [name, result[name]]));
  element("welcome").hidden = false;
  say("You are logged in.");
  element("again").textContent = "Log in again";
}

async function ask() {
  const deviceInfo = element("device-info").value;
  await display.create(ACTION, deviceInfo ? { deviceInfo } : undefined);
}

/** A fresh connection and a fresh code. */
async function start() {
  display?.close();
  clearInterval(refresh);
  setState("loading");
  element("welcome").hidden = true;
  say("Getting a code…");
  const user = element("user").value.trim();
  const token = user && (await call("/demo/backend/track", { body: { userId: user, action: ACTION, attributes: {
    custom: { deviceInfo: element("device-info").value },
  } } })).token;
  display = (element("polling").checked ? poll : listen)(settings, token, on);
  await ask();
  refresh = setInterval(() => ask().catch(fail), REFRESH_MS);
}

element("again").onclick = () => {
  const open = document.body.dataset.state === "waiting" && !element("user").value.trim();
  (open ? ask() : start()).catch(fail);
};
element("settings").onsubmit = (event) => {
  event.preventDefault();
  start().catch(fail);
};
setInterval(() => {
  const seconds = Math.max(0, Math.round((expiry - Date.now()) / 1000));
  element("left").textContent = expiry ? `· ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left` : "";
}, 1000);

start().catch(fail);
