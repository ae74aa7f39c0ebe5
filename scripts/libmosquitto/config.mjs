// node config.mjs FIELD [VARIANT]
//
// Prints a field of libmosquitto's configuration for binding.gyp and CMakeLists.txt, one item on a line. It first builds the
// library if that is missing.
import { main, UserError } from '../lib/log.mjs';
import { chosenVariant, ensureLibmosquitto } from './ensure.mjs';
import { warnUnlessReviewed } from './reviewed.mjs';
import { variants } from './variants.mjs';

const fields = /** @type {const} */ ([
  'version',
  'linkage',
  'source',
  'checksum',
  'include_dirs',
  'libraries',
  'link_flags',
  'compile_flags',
  'defines',
]);

await main(async () => {
  const [name, variantName = chosenVariant()] = process.argv.slice(2);
  const field = fields.find((known) => known === name);
  const variant = variants.find((known) => known === variantName);
  if (!field) throw new UserError(`config.mjs: '${name}' is none of ${fields.join(', ')}`);
  if (!variant) throw new UserError(`config.mjs: '${variantName}' is none of ${variants.join(', ')}`);
  const config = await ensureLibmosquitto(variant);
  // A build asks for each field once: one warning is enough.
  if (field === 'version') warnUnlessReviewed(config);
  const value = config[field];
  console.log(typeof value === 'string' ? value : value.join('\n'));
});
