/** The base URL without slashes at its end. */
export function trimmed(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, "");
}

/**
 * Where the socket of a deployment is, as far as its base URL tells; nothing if it does not.
 *
 * The official SDK replaces the first `v1` by `ws-v1-challenge` and the first `api` by `api-ws` in the whole text. That
 * is right for `https://api.example.com/v1`, and for hosts that hold neither. Where it would break the host, only the
 * path is replaced. An API Gateway URL tells nothing: the socket's is another one.
 */
export function derivedSocketUrl(baseUrl: string): string | undefined {
  const base = trimmed(baseUrl);
  const host = hostOf(base);
  if (host === undefined || /\.execute-api\.[^.]+\.amazonaws\.com(\.cn)?$/.test(host)) return undefined;
  const official = toSocketScheme(base).replace("v1", "ws-v1-challenge").replace("api", "api-ws");
  const kept = hostOf(official);
  if (kept === host || (host.startsWith("api.") && kept === host.replace("api", "api-ws"))) return official;
  return toSocketScheme(base).replace(/\/v1$/, "/ws-v1-challenge");
}

/** The same URL if it is one of a socket that a page of this deployment may use: no plain text where the API has none. */
export function checkedSocketUrl(url: unknown, baseUrl: string): string | undefined {
  if (typeof url !== "string") return undefined;
  const isPlainAllowed = baseUrl.startsWith("http://");
  return /^wss:\/\//.test(url) || (isPlainAllowed && /^ws:\/\//.test(url)) ? trimmed(url) : undefined;
}

const KEY = "scanlatch.socketUrl:";

/** The socket's URL that the service told this browser for that base URL. */
export function rememberedSocketUrl(baseUrl: string): string | undefined {
  try {
    return checkedSocketUrl(localStorage.getItem(KEY + trimmed(baseUrl)), baseUrl);
  } catch {
    // A page without storage asks again.
    return undefined;
  }
}

/** Keeps it for the next page, so that its first code already comes by the socket. */
export function rememberSocketUrl(baseUrl: string, url: string): void {
  try {
    localStorage.setItem(KEY + trimmed(baseUrl), url);
  } catch {
    // As above.
  }
}

function toSocketScheme(url: string): string {
  return url.replace("https://", "wss://").replace("http://", "ws://");
}

function hostOf(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    return undefined;
  }
}
