// Everything goes to stderr: the output of config.mjs is read by gyp and cmake.

/** @param {string} text */
export function step(text) {
  console.error(`[libmosquitto] ${text}`);
}

/** An error whose message is meant for the user; it is printed without a stack. */
export class UserError extends Error {}

/**
 * Runs a script's body and turns what it throws into an exit code.
 * @param {() => Promise<number | void> | number | void} body returns an exit code, or nothing for 0
 */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    console.error(error instanceof UserError ? `\n[libmosquitto] ${error.message}` : error);
    process.exitCode = 1;
  }
}
