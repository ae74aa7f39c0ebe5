// The settings of AddressSanitizer, UndefinedBehaviorSanitizer and LeakSanitizer for runs of the tests.
import { inRoot } from '../lib/paths.mjs';

/** @type {import('./run.mjs').Sanitizer} */
export const addressSanitizer = {
  kind: 'address',
  runtime: 'libasan.so',
  options: (reports) => {
    const common = `log_path=${reports}:log_exe_name=1`;
    return {
      // intercept_tls_get_addr: the runtime of gcc 12 computes a wrong place for the thread-local variables of a
      // library that glibc loads later, and the leak check crashes when it reads there.
      ASAN_OPTIONS: `${common}:detect_leaks=1:strict_string_checks=1:check_initialization_order=1:intercept_tls_get_addr=0`,
      LSAN_OPTIONS: `${common}:suppressions=${inRoot('scripts', 'sanitizers', 'lsan.supp')}:print_suppressions=0`,
      UBSAN_OPTIONS: `${common}:halt_on_error=1:print_stacktrace=1`,
    };
  },
  reports: (text) => [text],
};
