/** Keeps one page, for when there is no network. Everything else always comes from the server. */

interface Lifetime extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Lifetime {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

interface Scope {
  skipWaiting(): Promise<void>;
  addEventListener(name: "install" | "activate", listener: (event: Lifetime) => void): void;
  addEventListener(name: "fetch", listener: (event: Fetching) => void): void;
}

const scope = globalThis as unknown as Scope;
const CACHE = "scanlatch-offline-1";
const KEPT = ["offline.html", "assets/phone.css", "assets/icon.svg"];

scope.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(KEPT))
      .then(() => scope.skipWaiting()),
  );
});

scope.addEventListener("activate", (event) => {
  const isOld = (name: string) => name.startsWith("scanlatch-offline-") && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)))));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const isKept = KEPT.some((name) => request.url.endsWith(`/${name}`));
  if (request.mode !== "navigate" && !isKept) return;
  event.respondWith(
    fetch(request).catch(
      async () => (await caches.match(request.mode === "navigate" ? "offline.html" : request)) ?? Response.error(),
    ),
  );
});
