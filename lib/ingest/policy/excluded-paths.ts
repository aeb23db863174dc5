/**
 * Files that mostly hold secrets: of them no text is kept unless `capture.default_exclude_paths` is false. A
 * pattern without a slash is the name of a file or folder anywhere.
 */
export const DEFAULT_EXCLUDED_PATHS: readonly string[] = [
  '.env* *.pem *.key *.p12 *.pfx *.ppk *.jks *.keystore *.kdbx',
  'id_rsa* id_dsa* id_ecdsa* id_ed25519*',
  '.netrc _netrc .pgpass .git-credentials .pypirc .htpasswd .dockercfg',
  '**/secrets/** ~/.ssh/** ~/.aws/** ~/.gnupg/** ~/.kube/** ~/.azure/**',
  '~/.config/gcloud/** ~/.docker/config.json ~/.npmrc ~/.claude/.credentials.json',
].flatMap((names) => names.split(' '));
