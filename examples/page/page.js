/** Shows a code, follows it, and logs in at the backend that served this page. */

import { renderSVG } from "uqr";

const ACTION = "login";
const element = (id) => document.getElementById(id);

async function post(path, body = {}) {
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? "The server refused this.");
  return answer;
}

/** What the page shows: a sentence, and which of its buttons. */
function show(sentence, { code = false, again = false, loggedIn = false } = {}) {
  element("status").textContent = sentence;
  element("code").hidden = !code;
  element("known").hidden = loggedIn;
  element("again").hidden = !again;
  element("logout").hidden = !loggedIn;
}

function draw(challengeId) {
  element("code").innerHTML = renderSVG(challengeId);
  element("code").className = "";
  element("code").dataset.challengeId = challengeId;
  show("Scan this code with your phone.", { code: true });
}

const greet = (userId) => show(`Hello, ${userId}.`, { loggedIn: true });

const fail = (error) => show(error.message, { again: true });

async function changed(state, token) {
  if (state === "claimed") {
    element("code").className = "claimed";
    show("Confirm on your phone.", { code: true });
  }
  if (state === "rejected") show("Declined on the phone.", { again: true });
  if (state === "approved") greet((await post("login", { token })).userId);
}

const { tenantId, baseUrl } = await (await fetch("config.json")).json();
let screen;

/** A new code: for the user in the field, or for anybody. */
async function start() {
  screen?.qrCode.disconnect();
  screen = new window.authsignal.Authsignal({ tenantId, baseUrl });
  const userId = element("user").value.trim();
  // The SDK keeps a token for the whole page, so a code for anybody has to clear it.
  screen.setToken(userId ? (await post("track", { userId })).token : undefined);
  const { data, error } = await screen.qrCode.challenge({
    action: ACTION,
    onRefresh: draw,
    onStateChange: (state, token) => changed(state, token).catch(fail),
  });
  if (!data) throw new Error(error);
  draw(data.challengeId);
}

element("known").onsubmit = (event) => {
  event.preventDefault();
  start().catch(fail);
};
element("again").onclick = () => start().catch(fail);
element("logout").onclick = () => post("logout").then(() => location.reload());

const me = await fetch("me");
if (me.ok) greet((await me.json()).userId);
else start().catch(fail);
