import { listen, poll } from "./display.js";
import { call, config, element, fillList, setState } from "./page.js";

const ACTION = "login-with-qr-code";
/** A code is replaced after this part of its life. */
const RENEWED_AFTER = 0.9;
const RETRY_MS = 3000;
/** No code is replaced sooner, however wrong this machine's clock is. */
const LEAST_MS = 1000;

const settings = await config();
const query = new URLSearchParams(location.search);
element("user").value = query.get("user") ?? "";
element("polling").checked = query.has("polling");

let display;
let renewal;
let end;
let expiry;

const state = () => document.body.dataset.state;
const knownUser = () => element("user").value.trim();

function say(text) {
  element("status").textContent = text;
}

function stop() {
  clearTimeout(renewal);
  clearTimeout(end);
}

/** Shows no code any more. What passes is tried again, the rest waits for the button. */
function fail(error) {
  stop();
  setState("error");
  say(error.message);
  element("again").textContent = "Try again";
  if (error.passing) later(start);
}

function later(step) {
  clearTimeout(renewal);
  renewal = setTimeout(() => step().catch(fail), RETRY_MS);
}

/** Another code before this one expires; where none can be had, this one goes when its life is over. */
async function renew() {
  if (knownUser()) return start();
  try {
    await ask();
  } catch (error) {
    if (!error.passing) throw error;
    on.away();
    later(renew);
  }
}

const on = {
  created(challengeId, expiresAt) {
    const link = `${settings.phoneUrl}?challengeId=${challengeId}`;
    element("qr").src = `/demo/qr.svg?text=${encodeURIComponent(link)}`;
    element("challenge-id").textContent = challengeId;
    element("copy").onclick = () => navigator.clipboard.writeText(link);
    expiry = Date.parse(expiresAt);
    stop();
    const left = Math.max(LEAST_MS, expiry - Date.now() || 0);
    renewal = setTimeout(() => renew().catch(fail), left * RENEWED_AFTER);
    end = setTimeout(on.over, left);
    setState("waiting");
    on.back();
    element("again").textContent = "New code";
  },
  changed(state, token) {
    clearTimeout(renewal);
    if (state !== "claimed") stop();
    setState(state);
    if (state === "claimed") on.back();
    if (state === "rejected") {
      say("The request was declined on the phone.");
      element("again").textContent = "Try again";
    }
    if (state === "approved") welcome(token).catch(fail);
  },
  lost() {
    if (["approved", "rejected"].includes(state())) return;
    const error = new Error("The connection was lost. Trying again…");
    error.passing = true;
    fail(error);
  },
  away() {
    say("The service cannot be reached. Trying again…");
  },
  back() {
    say(state() === "claimed" ? "Scanned. Approve on your phone." : "Scan this code with your phone.");
  },
  /** A renewal that is being tried goes on. */
  over() {
    if (["approved", "rejected"].includes(state())) return;
    setState("error");
    say("This code has expired.");
    element("again").textContent = "Try again";
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
  stop();
  setState("loading");
  element("welcome").hidden = true;
  say("Getting a code…");
  const user = knownUser();
  const token = user && (await call("/demo/backend/track", { body: { userId: user, action: ACTION, attributes: {
    custom: { deviceInfo: element("device-info").value },
  } } })).token;
  display = (element("polling").checked ? poll : listen)(settings, token, on);
  await ask();
}

element("again").onclick = () => {
  const open = state() === "waiting" && !knownUser();
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
