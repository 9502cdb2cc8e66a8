import { Refusal } from "./backend.js";

/** The code of what went wrong. What is no refusal is a fault of the page, and is reported as one. */
export function codeOf(error: unknown): string {
  if (error instanceof Refusal) return error.code;
  setTimeout(() => {
    throw error;
  });
  return "defect";
}
