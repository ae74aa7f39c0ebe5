/** The environment for programs that are not ours: a sanitizer's runtime is preloaded into Node for the addon's sake alone. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  delete environment.LD_PRELOAD;
  return environment;
}
