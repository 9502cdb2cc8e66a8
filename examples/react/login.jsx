import "@scanlatch/browser/element";
import { useState } from "react";

/** A code to log in with, and who has logged in. `tenantId` and `baseUrl` say where; the backend answers `login`. */
export function Login({ tenantId, baseUrl }) {
  const [said, setSaid] = useState("");

  async function logIn({ detail: { token } }) {
    try {
      const headers = { "Content-Type": "application/json" };
      const response = await fetch("login", { method: "POST", headers, body: JSON.stringify({ token }) });
      const { userId, error } = await response.json();
      setSaid(response.ok ? `Hello, ${userId}.` : error);
    } catch {
      setSaid("The server did not answer. Load this page again.");
    }
  }

  return (
    <>
      <scanlatch-qr tenant-id={tenantId} base-url={baseUrl} action="login" onscanlatch-token={logIn} />
      <p id="status" role="status">{said}</p>
    </>
  );
}
