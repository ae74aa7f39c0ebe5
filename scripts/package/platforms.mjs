// The platforms that the package must have a binary for: without one of them it is neither packed nor released.
import { existsSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';
import { prebuilds } from './linked-in.mjs';

export const platforms = ['linux-x64', 'linux-arm64'];

/** Whether the binary for this platform is the one that package/host-prebuild.mjs made for the tests. @param {string} platform */
function isOfTests(platform) {
  return existsSync(inRoot('prebuilds', platform, '.host-build'));
}

/** Returns the platforms that users may get and that prebuilds/ has no binary for. */
export function missingPlatforms() {
  const files = prebuilds();
  const has = (/** @type {string} */ platform) =>
    files.some((file) => file.startsWith(inRoot('prebuilds', platform, '')));
  return platforms.filter((platform) => !has(platform) || isOfTests(platform));
}
