/** Gives the element its tenant, and the token that it tells to the backend. */

import "./node_modules/@scanlatch/browser/dist/element.js";

const element = document.querySelector("scanlatch-qr");
const status = document.getElementById("status");

element.addEventListener("scanlatch-token", async ({ detail: { token } }) => {
  try {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch("login", { method: "POST", headers, body: JSON.stringify({ token }) });
    const { userId, error } = await response.json();
    status.textContent = response.ok ? `Hello, ${userId}.` : error;
  } catch {
    status.textContent = "The server did not answer. Load this page again.";
  }
});

try {
  const { tenantId, baseUrl } = await (await fetch("config.json")).json();
  element.setAttribute("tenant-id", tenantId);
  element.setAttribute("base-url", baseUrl);
} catch {
  status.textContent = "The server did not answer. Load this page again.";
}
