interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL(text: string): string },
  ): { createScriptURL(text: string): string };
}

/**
 * Registers the worker that shows a page of its own where there is no network. The page does not need it, so a browser
 * that has none, or an address that is not secure, goes without.
 */
export async function registerWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const { trustedTypes } = globalThis as { trustedTypes?: Policies };
  const policy = trustedTypes?.createPolicy("scanlatch-worker", { createScriptURL: () => "sw.js" });
  try {
    await navigator.serviceWorker.register(policy ? policy.createScriptURL("") : "sw.js");
  } catch {
    // As above.
  }
}
