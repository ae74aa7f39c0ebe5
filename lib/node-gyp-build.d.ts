// node-gyp-build brings no types of its own.
declare module 'node-gyp-build' {
  /** The addon's file in build/Release or prebuilds/ of a package. Throws when there is none. */
  export function resolve(package_root: string): string;
}
