// All messages go to stderr, because gyp and cmake read the output of config.mjs.

/** @param {string} text */
export function step(text) {
  console.error(`[libmosquitto] ${text}`);
}

/** An error whose message is for the user; it is printed without a stack. */
export class UserError extends Error {}

/**
 * Runs a script's body, and prints an error that it throws and turns it into an exit code.
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
