import type { Sent } from "../common/fragment.js";

const CONFIRMED = "confirmed";

/**
 * The form with which the person confirms: what the application asked for, and the person's own word. An application cannot
 * give that word, so its own is left out.
 */
export function confirmation(baseUrl: string, { tenantId, rest }: Sent): { action: string; fields: Sent["rest"] } {
  const asked = rest.filter(([name]) => name !== CONFIRMED);
  return { action: `${baseUrl.replace(/\/+$/, "")}/t/${tenantId}/logout`, fields: [...asked, [CONFIRMED, "yes"]] };
}
