import { buildStatic } from './build.mjs';
import { findSystem } from './system.mjs';

/** @returns {import('./variants.mjs').Variant} what the user's switch asks for */
export function chosenVariant() {
  return process.env.LIBMOSQUITTO_SYSTEM === '1' ? 'system' : 'static';
}

/**
 * @param {import('./variants.mjs').Variant} variant
 * @returns {Promise<import('./config-file.mjs').Config>}
 */
export function ensureLibmosquitto(variant) {
  return variant === 'system' ? findSystem() : buildStatic(variant);
}
