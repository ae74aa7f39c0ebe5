/** The environment for programs of others. A sanitizer's runtime is preloaded into Node only for the addon. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  delete environment.LD_PRELOAD;
  return environment;
}
