/** A screen's side of the wire: one challenge at a time, by socket or by polling. */

import { call, CallError } from "./page.js";

const POLL_MS = 1500;

/** Opens a socket; `on` hears `created(challengeId, expiresAt)`, `changed(state, token)` and `lost()`. */
export function listen({ wsUrl, tenantId }, token, on) {
  const identity = token ? `x.authsignal.token.${token}` : `x.authsignal.tenant.${tenantId}`;
  const socket = new WebSocket(wsUrl, ["authsignal-ws", identity]);
  const opened = new Promise((resolve, reject) => {
    socket.onopen = () => {
      socket.onclose = () => on.lost();
      resolve();
    };
    socket.onerror = () => reject(new CallError("unreachable", undefined, true));
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
  return {
    async create(actionCode, custom) {
      await opened;
      socket.send(JSON.stringify({ type: "CREATE_CHALLENGE", data: { challengeType: "QR_CODE", actionCode, custom } }));
    },
    close() {
      socket.onopen = null;
      socket.onclose = null;
      socket.close();
    },
  };
}

/** The same by polling; `on` also hears `away()` while the service does not answer, `back()` when it does again, and
 *  `over()` when the challenge is gone. */
export function poll({ apiUrl, tenantId }, token, on) {
  const tenant = `Basic ${btoa(encodeURIComponent(tenantId))}`;
  let timer;
  return {
    async create(action, custom) {
      const authorization = token ? `Bearer ${token}` : tenant;
      const { challengeId, deviceCode, expiresAt } =
        await call(`${apiUrl}/client/challenge/qr-code`, { authorization, body: { action, custom } });
      clearInterval(timer);
      on.created(challengeId, expiresAt);
      let before;
      let away = false;
      const ours = setInterval(async () => {
        let answer;
        try {
          answer = await call(`${apiUrl}/client/verify/qr-code`, { authorization: tenant, body: { challengeId, deviceCode } });
        } catch (error) {
          if (ours !== timer) return;
          if (error.passing) {
            away = true;
            return on.away();
          }
          clearInterval(timer);
          return on.over();
        }
        if (ours !== timer) return;
        if (away) on.back();
        away = false;
        const state = answer.isVerified ? "approved" : answer.isConsumed ? "rejected" : answer.isClaimed ? "claimed" : undefined;
        if (!state || state === before) return;
        before = state;
        if (state !== "claimed") clearInterval(timer);
        on.changed(state, answer.accessToken);
      }, POLL_MS);
      timer = ours;
    },
    close() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
