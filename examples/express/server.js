/** Serves the page, tracks, validates, and keeps the user logged in with a signed cookie. */

import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";

import { Authsignal } from "@authsignal/node";
import cookieSession from "cookie-session";
import express from "express";

const { AUTHSIGNAL_API_URL, AUTHSIGNAL_TENANT_ID, AUTHSIGNAL_SECRET_KEY, COOKIE_SECRET, PAGE = "page", PORT = "8080" } = process.env;
const ACTION = "login";

const authsignal = new Authsignal({ apiSecretKey: AUTHSIGNAL_SECRET_KEY, apiUrl: AUTHSIGNAL_API_URL });
const app = express();
app.use(express.json());
// Without a secret of its own, everybody is logged out when the server restarts.
app.use(cookieSession({ secret: COOKIE_SECRET ?? randomBytes(32).toString("hex"), httpOnly: true, sameSite: "lax" }));

app.get("/config.json", (_, response) => {
  response.json({ tenantId: AUTHSIGNAL_TENANT_ID, baseUrl: AUTHSIGNAL_API_URL });
});

/** A code for one user. Anybody may type any name here, so the token gets no scope. */
app.post("/track", async ({ body }, response) => {
  if (typeof body?.userId !== "string" || !body.userId) return response.status(400).json({ error: "userId is missing" });
  const { token } = await authsignal.track({ userId: body.userId, action: ACTION, attributes: {} });
  return response.json({ token });
});

app.post("/login", async (request, response) => {
  const { token } = request.body ?? {};
  if (typeof token !== "string" || !token) return response.status(400).json({ error: "token is missing" });
  const { state, userId } = await authsignal.validateChallenge({ token, action: ACTION });
  if (state !== "CHALLENGE_SUCCEEDED") return response.status(401).json({ error: "The login was not approved." });
  request.session = { userId };
  return response.json({ userId });
});

app.get("/me", ({ session }, response) => {
  if (!session.userId) return response.status(401).json({ error: "Nobody is logged in." });
  return response.json({ userId: session.userId });
});

app.post("/logout", (request, response) => {
  request.session = null;
  response.json({});
});

/** What the service refused or could not answer. The browser is told no more than that. */
app.use((error, _request, response, _next) => {
  console.error(`${error}`);
  response.status(error.statusCode === 400 ? 400 : 502).json({ error: "The login service refused or did not answer." });
});

app.use(express.static(fileURLToPath(new URL(`../${PAGE}`, import.meta.url))));
const server = app.listen(Number(PORT), "127.0.0.1", () => console.log(`http://localhost:${server.address().port}/`));
