/** A screen's side of the wire: one challenge at a time, by socket or by polling. */

import { call } from "./page.js";

const POLL_MS = 1500;

/** Opens a socket; `on` hears `created(challengeId, expiresAt)`, `changed(state, token)` and `lost()`. */
export function listen({ wsUrl, tenantId }, token, on) {
  const identity = token ? `x.authsignal.token.${token}` : `x.authsignal.tenant.${tenantId}`;
  const socket = new WebSocket(wsUrl, ["authsignal-ws", identity]);
  const opened = new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error("The service refused the connection."));
  });
  let current;
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "CHALLENGE_CREATED") {
      current = message.data.challengeId;
      on.created(current, message.data.expiresAt);
    } else if (message.type === "STATE_CHANGE" && message.data.challengeId === current) {
      on.changed(message.data.state, message.data.accessToken);
    }
  };
  socket.onclose = () => on.lost();
  return {
    async create(actionCode, custom) {
      await opened;
      socket.send(JSON.stringify({ type: "CREATE_CHALLENGE", data: { challengeType: "QR_CODE", actionCode, custom } }));
    },
    close() {
      socket.onclose = null;
      socket.close();
    },
  };
}

/** The same by polling. */
export function poll({ apiUrl, tenantId }, token, on) {
  const tenant = `Basic ${btoa(encodeURIComponent(tenantId))}`;
  let timer;
  return {
    async create(action, custom) {
      clearInterval(timer);
      const authorization = token ? `Bearer ${token}` : tenant;
      const { challengeId, deviceCode, expiresAt } =
        await call(`${apiUrl}/client/challenge/qr-code`, { authorization, body: { action, custom } });
      on.created(challengeId, expiresAt);
      let before;
      timer = setInterval(async () => {
        const ours = timer;
        const answer = await call(`${apiUrl}/client/verify/qr-code`, {
          authorization: tenant, body: { challengeId, deviceCode },
        }).catch(() => ({}));
        if (ours !== timer) return;
        const state = answer.isVerified ? "approved" : answer.isConsumed ? "rejected" : answer.isClaimed ? "claimed" : undefined;
        if (!state || state === before) return;
        before = state;
        if (state !== "claimed") clearInterval(timer);
        on.changed(state, answer.accessToken);
      }, POLL_MS);
    },
    close() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
