/** The service's calls by HTTP and by socket, for `api.mjs`. */

import { WebSocketServer } from "ws";

import { Refused } from "./api.mjs";

export const shown = (api, request) => ({
  ipAddress: api.address ?? request.socket.remoteAddress?.replace("::ffff:", ""),
  userAgent: request.headers["user-agent"],
  origin: request.headers.origin,
});

/** Answers a call below `/v1`; nothing if it is none. */
export function answered(api, request, url, body) {
  const path = url.pathname.replace(/^\/v1\/client\//, "");
  const call = `${request.method} ${path.replace(/user-authenticators\/(device|qr-code)/, "devices")}`;
  if (api.isDown) throw new Refused(503, "unavailable");
  if (api.refusal) throw new Refused(403, api.refusal);
  const identity = api.bearer(request.headers.authorization);
  switch (call) {
    case "POST challenge/qr-code": {
      const { replaces } = body;
      if (replaces) api.supersede(api.find(replaces.challengeId, replaces.deviceCode));
      return api.told(api.create(body, shown(api, request), identity));
    }
    case "POST verify/qr-code": {
      const found = api.find(body.challengeId, body.deviceCode);
      api.lapse(found);
      const { state, accessToken, over, expiresAt } = found;
      if (over) throw new Refused(410, over);
      if (state === "unclaimed" && Date.now() > expiresAt.getTime()) throw new Refused(410, "challenge_expired");
      const isConsumed = state === "approved" || state === "rejected";
      const standing = { isClaimed: state !== "unclaimed", isConsumed, isVerified: state === "approved" };
      return { ...standing, ...api.claimTold(found), accessToken };
    }
    case "GET devices":
      return api.credentialTold(
        api.credential(Buffer.from(url.searchParams.get("publicKey") ?? "", "base64").toString()),
      );
    case "POST devices":
      return api.enrol(body, identity);
    case "POST devices/remove": {
      const { id } = api.signed(body, `${Math.floor(Date.now() / 600_000)}.0`);
      api.credentials.delete(body.publicKey);
      return { removedAuthenticatorId: id };
    }
    case "POST devices/challenge/claim":
      return api.claim(body);
    case "POST devices/challenge":
      return api.decide(body);
    default:
      throw new Refused(404, "not_found");
  }
}

/** The service's sockets on that server. `sockets` are those that are open. */
export function listening(api, server) {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "authsignal-ws" });
  server.on("upgrade", (request, socket, head) => {
    const names = (request.headers["sec-websocket-protocol"] ?? "").split(/,\s*/);
    const identity = api.identify(names.find((name) => name.startsWith("x.")));
    if (api.isDown || api.refusal || !identity || !request.url.startsWith("/ws-v1-challenge")) return socket.destroy();
    return sockets.handleUpgrade(request, socket, head, (open) => {
      let current;
      open.on("message", (data) => {
        const message = JSON.parse(String(data));
        const send = (type, data) => open.send(JSON.stringify({ type, data }));
        const listen = (challenge) => {
          current = challenge;
          challenge.tell = (news) => send("STATE_CHANGE", { challengeId: challenge.challengeId, ...news });
        };
        try {
          if (message.type === "CREATE_CHALLENGE") {
            const { actionCode: action, custom, shortCode, showsNumber, overlap } = message.data;
            const before = current;
            const made = api.create({ action, custom, shortCode, showsNumber }, shown(api, request), identity);
            if (overlap) api.renew(before, made);
            else api.supersede(before);
            listen(made);
            return send("CHALLENGE_CREATED", { ...api.told(made), challengeType: "QR_CODE", state: "unclaimed" });
          }
          const found = api.find(message.data.challengeId, message.data.deviceCode);
          if (found.over) throw new Refused(410, found.over);
          api.lapse(found);
          listen(found);
          const { challengeId, state, accessToken } = found;
          return send("CHALLENGE_RESUMED", {
            challengeId,
            expiresAt: found.expiresAt.toISOString(),
            state,
            ...api.claimTold(found),
            accessToken,
          });
        } catch (error) {
          return send(
            "ERROR",
            error instanceof Refused ? error.body : { error: "internal_error", errorCode: "internal_error" },
          );
        }
      });
    });
  });
  return sockets;
}
