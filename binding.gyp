# Users build with this file (node-gyp). CMakeLists.txt is its twin for contributors; both take their
# sources from native/sources.json and their flags from scripts/libmosquitto/config.mjs.
{
  'variables': {
    # A warning of a compiler that we have not seen must not stop a user's build; it stops ours.
    'werror%': '<!(node -p "process.env.LIBMOSQUITTO_WERROR === \'1\' ? 1 : 0")',
    'own_cflags': [
      '-fvisibility=hidden',
      '-ffunction-sections',
      '-fdata-sections',
      '-Wall',
      '-Wextra',
      # Not as an include_dir: the warnings of others are not ours to fix.
      '-isystem <!(node -p "require(\'path\').dirname(require.resolve(\'node-addon-api\'))")',
      '-isystem <(node_root_dir)/include/node',
      '<!@(node scripts/libmosquitto/config.mjs compile_flags)',
    ],
    'own_cflags_cc': ['-std=c++17', '-fexceptions', '-fvisibility-inlines-hidden'],
    'own_ldflags': ['<!@(node scripts/libmosquitto/config.mjs link_flags)'],
  },
  'targets': [
    {
      'target_name': 'libmosquitto',
      # gyp drops a 'lib' from the file's name, unless it is told the name.
      'product_name': 'libmosquitto',
      'sources': ['<!@(node -p "require(\'./native/sources.json\').join(\' \')")'],
      'include_dirs': ['native', '<!@(node scripts/libmosquitto/config.mjs include_dirs)'],
      'defines': [
        'NAPI_VERSION=8',
        'NODE_ADDON_API_CPP_EXCEPTIONS_ALL',
        'LIBMOSQUITTO_EXACT_VERSION="<!(node scripts/libmosquitto/config.mjs version)"',
        '<!@(node scripts/libmosquitto/config.mjs defines)',
      ],
      'cflags': ['<@(own_cflags)'],
      'cflags!': ['-fno-exceptions'],
      'cflags_cc': ['<@(own_cflags_cc)'],
      'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++20'],
      'ldflags': ['<@(own_ldflags)'],
      'libraries': ['<!@(node scripts/libmosquitto/config.mjs libraries)'],
      # On macOS gyp takes no cflags and no ldflags.
      'xcode_settings': {
        'OTHER_CFLAGS': ['<@(own_cflags)'],
        'OTHER_CPLUSPLUSFLAGS': ['<@(own_cflags)', '<@(own_cflags_cc)'],
        'OTHER_LDFLAGS': ['<@(own_ldflags)'],
        'CLANG_CXX_LANGUAGE_STANDARD': 'c++17',
        'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
        'GCC_ENABLE_CPP_RTTI': 'YES',
        # The oldest that both Apple's own processors and Node 20 run on.
        'MACOSX_DEPLOYMENT_TARGET': '11.0',
      },
      'conditions': [
        ['werror == 1', { 'cflags': ['-Werror'], 'xcode_settings': { 'OTHER_CFLAGS': ['-Werror'], 'OTHER_CPLUSPLUSFLAGS': ['-Werror'] } }],
      ],
    },
  ],
}
