/** Why a call failed, as the page is told. */
export class DeviceError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Gives what a call gives, or its error, so that no call rejects. */
export async function answered<T extends object>(call: () => Promise<T>): Promise<T | { error: string; errorCode: string }> {
  try {
    return await call();
  } catch (error) {
    const errorCode = error instanceof DeviceError ? error.code : "unexpected_error";
    const text = error instanceof Error ? error.message : String(error);
    // Whoever looks for `error` must find one.
    return { error: text || errorCode, errorCode };
  }
}
