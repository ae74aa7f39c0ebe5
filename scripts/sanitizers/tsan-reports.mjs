// Selects the reports of ThreadSanitizer that are about our code.
/**
 * Selects the reports that are about us. Node, V8 and libuv are not built with the sanitizer. It sees their frees, locks and
 * copies, but not the atomic operations that order these. It therefore reports races between two threads of Node. The stacks
 * of such a report may have frames of ours below those of Node, like any code that runs on a JavaScript thread. The code that
 * made the access decides: a race is ours when our code made one of the two accesses.
 * @param {string} text of a report file
 * @returns {string[]}
 */
export function reportsAboutUs(text) {
  return text
    .split(/^={18}$/m)
    .map((report) => report.trim())
    .filter((report) => report !== '' && !/^ThreadSanitizer: reported \d+ warnings$/.test(report))
    .filter((report) => {
      if (!report.startsWith('WARNING:')) return true;
      if (!report.startsWith('WARNING: ThreadSanitizer: data race')) return report.includes(`(${ours}+`);
      return accesses(report).some((stack) => innermost(stack) === ours);
    });
}

const ours = 'libmosquitto.node';

/**
 * Returns the stacks of the two accesses, the first of a report's paragraphs.
 * @param {string} report
 */
function accesses(report) {
  return report
    .split(/\n\s*\n/)
    .filter((paragraph) => /^ *(previous )?(atomic )?(read|write) of size/im.test(paragraph));
}

/**
 * Returns the module of the innermost frame that is not in the sanitizer or a C library.
 * @param {string} stack
 */
function innermost(stack) {
  const modules = [...stack.matchAll(/^ +#\d+ .*\((\S+)\+0x[0-9a-f]+\)$/gm)].map((frame) => frame[1] ?? '');
  return modules.find((module) => !/^lib(tsan|c|stdc\+\+|pthread)\.so/.test(module));
}
