declare const PACKAGE_VERSION: string | undefined; // the build replaces it

/** The version of this package; `0.0.0-source` when run from source. */
export const VERSION: string =
  typeof PACKAGE_VERSION === 'string' ? PACKAGE_VERSION : '0.0.0-source';
