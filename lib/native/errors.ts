// Defines MosquittoError, the error class of this package, and converts errors of the addon to it.

import * as constants from './constants';

const names = new Map<number, string>();
for (const [name, value] of Object.entries(constants)) {
  if (name.startsWith('MOSQ_ERR_') && typeof value === 'number') names.set(value, name);
}

/**
 * Thrown where no MOSQ_ERR_* code can be returned: by the constructor, by some module functions, and by any call on a
 * destroyed client.
 */
export class MosquittoError extends Error {
  /** The MOSQ_ERR_* code. */
  readonly rc: number;
  /** The name of `rc`, such as 'MOSQ_ERR_INVAL'. */
  readonly code: string;
  /** The operating system's error number; present when `rc` is MOSQ_ERR_ERRNO. */
  declare readonly errno?: number;

  /**
   * @param rc a MOSQ_ERR_* code
   * @param message what happened
   * @param errno the operating system's error number behind it
   */
  constructor(rc: number, message: string, errno?: number) {
    super(message);
    this.rc = rc;
    this.code = names.get(rc) ?? `MOSQ_ERR_${rc}`;
    if (errno !== undefined) this.errno = errno;
  }

  /** 'MosquittoError'. */
  override get name(): string {
    return 'MosquittoError';
  }
}

/** Converts an error of the addon that has a MOSQ_ERR_* code as `rc` to a MosquittoError. Returns any other unchanged. */
export function from_native(error: unknown): unknown {
  if (!(error instanceof Error) || !('rc' in error) || typeof error.rc !== 'number') return error;
  const errno = 'errno' in error && typeof error.errno === 'number' ? error.errno : undefined;
  return new MosquittoError(error.rc, error.message, errno);
}

/** The error of every call on a client after its destroy(). */
export function destroyed(member: string): MosquittoError {
  return new MosquittoError(constants.MOSQ_ERR_INVAL, `${member}: the client was destroyed`);
}
