import { likelihoodOf } from './letter-triples.ts';

/** True for words joined by separators or by capitals, as identifiers are: `access_token_v2`, `addInt32`. */
export function isIdentifierLike(value: string): boolean {
  if (!/^[\w.:/,-]*$/.test(value)) return false;
  const parts = value.replace(TECHNICAL, 'word').split(/[_.:/,-]/);
  if (parts.every((part) => /^(?:[A-Za-z]*\d{0,2}|\d{1,4})$/.test(part) && !isNoise(part)))
    return true;
  // Noise behind a word is noise.
  const judged = parts.map((part) => wordiness(part.replace(/x{4,}/gi, '')));
  return (
    judged.every((one) => one >= -3) &&
    judged.reduce((sum, one) => sum + one, 0) >= -2 - 0.7 * (judged.length - 1)
  );
}

/** True for letters that no word has in this order, such as `kxltpnwgtqlk`. */
export function isGibberish(value: string): boolean {
  return value.length >= MIN_LETTERS && /^[A-Za-z]+$/.test(value) && isNoise(value);
}

/** True for what a machine made, or a careful person: letters and digits that no identifier mixes so. */
export function isRandom(value: string): boolean {
  if (value.length < 8) return false;
  const letters = /[A-Za-z]/.test(value);
  if (/\d/.test(value)) return letters && !isIdentifierLike(value);
  if (/^[A-Za-z]+$/.test(value)) return wordiness(value) < (value.length < 12 ? -5 : -3);
  return isSigned(value) || (value.length >= 16 && isMixedCase(value));
}

/** True for gibberish with signs in it, such as `kxl!tpn-wgtqlk`. */
export function isSigned(value: string): boolean {
  if (!/[!@#$%^&*?~{}()[\];|<>'+=,:]/.test(value)) return false;
  const letters = value.slice(0, MOST_JUDGED).replace(/[^A-Za-z]/g, '');
  return letters.length >= 7 && isGibberish(letters);
}

/** True for words none of which is one, such as `ldzbi enioig ullim`. */
export function isGibberishPhrase(words: readonly string[]): boolean {
  let likelihood = 0;
  for (const word of words) {
    if (!/^[A-Za-z]+$/.test(word)) return false;
    likelihood += wordiness(word);
  }
  return likelihood < -3;
}

/** True for letters whose case changes as in no name in camel case, such as `aBcDEfgHIJk`. */
export function isMixedCase(value: string): boolean {
  return /^(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z+/=_-]*$/.test(value) && wordiness(value) < -3;
}

// --- internal ---

const MIN_LETTERS = 6;
/** Words of the field that have digits in them. */
const TECHNICAL =
  /(?<![A-Za-z\d])(?:pkcs\d{1,2}|p12|x509|sha\d{1,3}|md5|oauth2?|base\d\d|utf\d{1,2}|ipv[46]|k8s|i18n|ed25519|s3v4|ec2|[erhp]s\d{3}|http2|imdsv2)(?![A-Za-z\d])/gi;
/** So many characters tell what a value is. */
const MOST_JUDGED = 128;
/** What it says, as a logarithm, that case or kind changes after a character, and that they do not. */
const CHANGE = -1.3;
const NO_CHANGE = 0.5;
/** A fourth digit and each further one in one part. */
const MANY_DIGITS = -0.4;

function isNoise(value: string): boolean {
  return value.length >= MIN_LETTERS && wordiness(value.replace(/\d+$/, '')) < -1;
}

/**
 * How much likelier a value is made of words than of noise, as a logarithm, by the triples of letters in its words and by
 * how often capitals, small letters and digits change places.
 */
function wordiness(value: string): number {
  const judged = value.slice(0, MOST_JUDGED);
  const isMixed = /\d|[a-z][A-Z]|[A-Z]{2}[a-z]/.test(judged);
  let sum = 0;
  for (const run of judged.match(/[A-Za-z\d]+/g) ?? []) {
    const parts = run.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
    let digits = 0;
    for (const part of parts) {
      const isNumber = part.charCodeAt(0) < 58;
      if (isNumber) digits += part.length;
      else for (let at = 0; at + 2 < part.length; at += 1) sum += likelihoodOf(part, at);
      if (isMixed && !isNumber) sum += (part.length - 1) * NO_CHANGE;
    }
    if (isMixed) sum += (parts.length - 1) * CHANGE + Math.max(0, digits - 3) * MANY_DIGITS;
  }
  return sum;
}
