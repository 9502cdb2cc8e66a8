/** What each file is sent with. `{connect}` stands for the origins of the API and its socket. */

const policy = (more = {}) =>
  Object.entries({
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self' {connect}",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
    ...more,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");

const everywhere = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
  "cache-control": "no-cache",
};

const nothing = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";

/** The phone page may look through the camera, run the decoder, and register one worker, by a policy of that name. */
const phone = {
  "content-security-policy": policy({
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self'",
    "trusted-types": "scanlatch-worker",
  }),
  "permissions-policy": nothing.replace("camera=()", "camera=(self)"),
};

/**
 * The form of this page is answered by a redirect to an application, be it a site or an app with a scheme of its own. Chromium
 * holds redirects against `form-action` too, and no list can name them all, so here it is left out.
 */
const signOut = policy({ "form-action": undefined });

export const headers = {
  "*": { ...everywhere, "content-security-policy": policy(), "permissions-policy": nothing },
  "phone.html": phone,
  "sign-out.html": { "content-security-policy": signOut },
};
