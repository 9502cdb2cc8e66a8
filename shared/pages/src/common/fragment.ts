/**
 * What an application has sent the person here with. It stands in the fragment, which no server logs. `tenantId` says whose
 * provider it asks, `rest` is everything else; nothing if there is no tenant.
 */
export interface Sent {
  tenantId: string;
  rest: [name: string, value: string][];
}

const TENANT = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Reads a fragment, or says that it is missing or damaged. */
export function sentBy(hash: string): Sent | "missing" | "damaged" {
  const [first, ...rest] = new URLSearchParams(hash.slice(1));
  if (!first) return "missing";
  const [name, tenantId] = first;
  return name === "t" && TENANT.test(tenantId) ? { tenantId, rest } : "damaged";
}
