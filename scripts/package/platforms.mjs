// The platforms that the package has to bring a binary for: without one of these it is neither packed nor released.
import { existsSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';
import { prebuilds } from './linked-in.mjs';

export const platforms = ['linux-x64', 'linux-arm64'];

/** Is the binary for this platform what package/host-prebuild.mjs made for the tests? @param {string} platform */
function isOfTests(platform) {
  return existsSync(inRoot('prebuilds', platform, '.host-build'));
}

/** The platforms that prebuilds/ has no binary for which users may get. */
export function missingPlatforms() {
  const files = prebuilds();
  const has = (/** @type {string} */ platform) =>
    files.some((file) => file.startsWith(inRoot('prebuilds', platform, '')));
  return platforms.filter((platform) => !has(platform) || isOfTests(platform));
}
