/**
 * A note of the enrolment beside the key. It is no secret and proves nothing: it tells a key that was lost from one that
 * never was.
 */

const KEY = "scanlatch.device:";

interface Enrolment {
  credentialId: string;
  userId: string;
}

export function noteEnrolment(tenantId: string, { credentialId, userId }: Enrolment): void {
  try {
    localStorage.setItem(KEY + tenantId, JSON.stringify({ credentialId, userId }));
  } catch {
    // Without the note a lost key counts as one that never was.
  }
}

export function notedEnrolment(tenantId: string): Enrolment | undefined {
  try {
    const noted = JSON.parse(localStorage.getItem(KEY + tenantId) ?? "null") as Partial<Enrolment> | null;
    const { credentialId, userId } = noted ?? {};
    return typeof credentialId === "string" && typeof userId === "string" ? { credentialId, userId } : undefined;
  } catch {
    return undefined;
  }
}

export function forgetEnrolment(tenantId: string): void {
  try {
    localStorage.removeItem(KEY + tenantId);
  } catch {
    // As above.
  }
}
